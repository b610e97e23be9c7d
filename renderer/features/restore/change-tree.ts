import type { PlanAction, PlanEntry } from '../../../shared/domain/restore.ts';

export interface FolderRow {
  readonly kind: 'folder';
  readonly path: string;
  readonly name: string;
  readonly depth: number;
  readonly open: boolean;
  /** The plan's own entry for this folder, where the folder itself changes. */
  readonly entry: PlanEntry | null;
  /** Entries of the plan at and below this folder that change something. */
  readonly changes: number;
}

export interface LeafRow {
  readonly kind: 'leaf';
  readonly path: string;
  readonly name: string;
  readonly depth: number;
  readonly entry: PlanEntry;
}

export type TreeRow = FolderRow | LeafRow;

export interface TreeNode {
  readonly path: string;
  readonly name: string;
  entry: PlanEntry | null;
  readonly children: Map<string, TreeNode>;
  changes: number;
}

/** Folds a plan's flat entries into a tree. Folders that the plan does not list are made up on the way. */
export function buildChangeTree(entries: readonly PlanEntry[]): TreeNode {
  const root: TreeNode = { path: '/', name: '/', entry: null, children: new Map(), changes: 0 };
  for (const entry of entries) {
    const counts = entry.action === 'same' ? 0 : 1;
    let node = root;
    node.changes += counts;
    for (const name of entry.path.split('/')) {
      if (name === '') continue;
      let child = node.children.get(name);
      if (child === undefined) {
        const path = node.path === '/' ? `/${name}` : `${node.path}/${name}`;
        child = { path, name, entry: null, children: new Map(), changes: 0 };
        node.children.set(name, child);
      }
      child.changes += counts;
      node = child;
    }
    node.entry = entry;
  }
  return root;
}

/**
 * The rows on screen, in reading order: folders first, then names as people sort them. A chain of folders that hold
 * nothing but one folder above the first branch is shown as its last part only (`stem`), so that a deep home does not
 * push everything to the right.
 */
export function visibleRows(root: TreeNode, closed: ReadonlySet<string>): { stem: string; rows: readonly TreeRow[] } {
  let top = root;
  while (top.children.size === 1 && (top.entry === null || top.entry.action === 'same')) {
    const [only] = top.children.values();
    if (only === undefined || !isFolder(only)) break;
    top = only;
  }
  const rows: TreeRow[] = [];
  // The stem itself is listed when something about it changes; its children then stand below it.
  if (top !== root && top.entry !== null && top.entry.action !== 'same') addRows(top, 0, closed, rows);
  else addChildren(top, 0, closed, rows);
  const listed = rows[0]?.path === top.path;
  const stem = listed ? top.path.slice(0, top.path.lastIndexOf('/')) : top.path;
  return { stem: stem === '/' ? '' : stem, rows };
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

function addChildren(node: TreeNode, depth: number, closed: ReadonlySet<string>, rows: TreeRow[]): void {
  const children = [...node.children.values()].sort(
    (a, b) => Number(isFolder(b)) - Number(isFolder(a)) || collator.compare(a.name, b.name),
  );
  for (const child of children) addRows(child, depth, closed, rows);
}

function addRows(node: TreeNode, depth: number, closed: ReadonlySet<string>, rows: TreeRow[]): void {
  if (!isFolder(node)) {
    if (node.entry !== null) rows.push({ kind: 'leaf', path: node.path, name: node.name, depth, entry: node.entry });
    return;
  }
  const open = !closed.has(node.path);
  rows.push({
    kind: 'folder',
    path: node.path,
    name: node.name,
    depth,
    open,
    entry: node.entry,
    changes: node.changes,
  });
  if (open) addChildren(node, depth + 1, closed, rows);
}

function isFolder(node: TreeNode): boolean {
  return node.children.size > 0 || node.entry?.type === 'dir';
}

/**
 * Folders that begin closed: with many entries of their own they would push everything else out of sight. A list that
 * is short as a whole begins open.
 */
export function crowdedFolders(root: TreeNode): ReadonlySet<string> {
  const crowded = new Set<string>();
  if (root.changes <= 60) return crowded;
  const queue = [root];
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    if (node !== root && node.children.size > 40) crowded.add(node.path);
    queue.push(...node.children.values());
  }
  return crowded;
}

/** Every entry at and below a path that a restore would act on; what unticking a folder leaves as it is. */
export function entriesBelow(root: TreeNode, path: string): readonly PlanEntry[] {
  const found: PlanEntry[] = [];
  const start = findNode(root, path);
  const queue = start === undefined ? [] : [start];
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    if (node.entry !== null && actsOn(node.entry.action)) found.push(node.entry);
    queue.push(...node.children.values());
  }
  return found;
}

export function findNode(root: TreeNode, path: string): TreeNode | undefined {
  let node: TreeNode | undefined = root;
  for (const name of path.split('/')) {
    if (name !== '') node = node?.children.get(name);
  }
  return node;
}

export type Tick = 'on' | 'off' | 'mixed';

/** How many unticked entries lie at and below each folder; one walk over the unticked, whatever the plan's size. */
export function untickedPerFolder(unticked: Iterable<string>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const path of unticked) {
    for (let folder = path; folder !== ''; folder = folder.slice(0, folder.lastIndexOf('/'))) {
      counts.set(folder, (counts.get(folder) ?? 0) + 1);
    }
  }
  return counts;
}

export function tickOfFolder(folder: FolderRow, perFolder: ReadonlyMap<string, number>): Tick {
  const off = perFolder.get(folder.path) ?? 0;
  if (off === 0) return 'on';
  return off >= folder.changes ? 'off' : 'mixed';
}

function actsOn(action: PlanAction): boolean {
  return action !== 'same';
}
