import { joinSnapshotPath } from '../../../../shared/domain/path-text.ts';
import type { RestoreRequest } from '../../../../shared/domain/restore.ts';
import { quoteName, type TreeNode } from '../../repository/index.ts';
import type { FileOps } from '../../system/file-ops.ts';
import { displayPath } from '../display-path.ts';
import { badInput } from '../errors.ts';
import type { SnapshotSource, StoredSnapshot } from '../snapshot-source.ts';
import { TargetTree } from '../target/target-tree.ts';
import { findAnchor, pathOf, stepsOfPath } from './anchor.ts';
import { readSnapshotNotes, type SnapshotNotes } from './left-alone.ts';
import { LeftOutRules } from './left-out-rules.ts';
import { OwnPlaces } from './own-places.ts';
import { PlanBuilder } from './plan-builder.ts';
import type { PlanDirectory, PlanItem, TargetRoot } from './plan-item.ts';
import { PlanNotes } from './plan-notes.ts';
import { type Choice, newChoice } from './selection.ts';
import { type ChosenRoot, chooseFrom, sourceRoots } from './source-roots.ts';
import { StoredTree } from './stored-tree.ts';

/** What the process may do at the target. */
export interface Abilities {
  /** May give files to others, make devices, set trusted.* and security.* attributes. */
  readonly isPrivileged: boolean;
}

export interface BuiltPlan {
  readonly items: readonly PlanItem[];
  readonly keptNewer: number;
  readonly notes: PlanNotes;
  readonly tree: StoredTree;
  /** Where entries are put below, for people and for undo. */
  readonly targetPath: string;
  readonly roots: readonly TargetRoot[];
}

export interface BuildInput {
  readonly request: RestoreRequest;
  readonly source: SnapshotSource;
  readonly ops: FileOps;
  readonly abilities: Abilities;
  readonly ownPaths: readonly string[];
  readonly signal: AbortSignal;
}

/** Works out what a restore would change. Looks only. */
export async function buildPlan(input: BuildInput): Promise<BuiltPlan> {
  const { request, source, ops, abilities, ownPaths, signal } = input;
  const snapshot = await source.loadSnapshot(request.point.snapshotId);
  const tree = new StoredTree(source);
  const places = await sourceRoots(snapshot, tree);
  const roots = await chooseFrom(places, request.selection, snapshot, tree);
  if (roots.length === 0) throw nothingThere(snapshot);
  const snapshotNotes = await readSnapshotNotes(snapshot, source, tree, places);
  const target = new TargetTree(ops);
  const notes = new PlanNotes();
  const builder = new PlanBuilder({
    target,
    tree,
    mode: request.mode,
    snapshotTimeNs: snapshot.timeNs,
    snapshotNotes: request.target.kind === 'original' ? snapshotNotes : elsewhere(snapshotNotes),
    leftOutRules: new LeftOutRules(snapshotNotes.rules, source, target),
    own: new OwnPlaces(ownPaths, ops),
    notes,
    attributes: abilities,
    ownersCount: abilities.isPrivileged,
    places: new Set(roots.filter(isDirectory).map(treePath)),
    signal,
  });
  try {
    const used: TargetRoot[] = [];
    for (const root of roots) used.push(await planRoot(root, roots.length > 1, snapshot, input, builder, notes));
    return {
      items: builder.items,
      keptNewer: builder.keptNewer,
      notes,
      tree,
      targetPath: targetPathOf(request, roots),
      roots: used,
    };
  } finally {
    target.close();
  }
}

async function planRoot(
  chosen: ChosenRoot,
  isOneOfSeveral: boolean,
  snapshot: StoredSnapshot,
  { request, ops, ownPaths }: BuildInput,
  builder: PlanBuilder,
  notes: PlanNotes,
): Promise<TargetRoot> {
  const isOriginal = request.target.kind === 'original';
  const root = isDirectory(chosen) ? chosen : parentOf(chosen);
  const base =
    request.target.kind === 'original'
      ? root.localSteps
      : [...stepsOfPath(request.target.path), ...(isOneOfSeveral ? root.localSteps : [])];
  const { root: anchor, missing } = findAnchor(ops, base);
  if (new OwnPlaces(ownPaths, ops).isInside(anchor.path)) throw ownTarget(anchor);
  const firstMissing = base.length - missing.length;
  /** The snapshot's node of the folder at a depth of `base`; the chosen folder's own where it is made anew. */
  const nodeAt = (depth: number): TreeNode | null => {
    if (isOriginal) return root.nodes[root.nodes.length - (base.length - depth)] ?? null;
    return depth === base.length - 1 && root.choice.isWhole ? (root.nodes.at(-1) ?? null) : null;
  };
  const top = topDirectory(anchor, root, missing.length, isOriginal, snapshot);
  if (missing.length === 0) {
    if (root.choice.isWhole && isOriginal) builder.planRoot(top);
    await builder.planEntries(top, root.choice, true);
    return anchor;
  }
  if (missing.length > 1 || !isOriginal) {
    const path = displayPath(pathOf(base));
    notes.say({ code: 'target-missing', text: `${path} is not there and will be made.`, paths: [path], asks: false });
  }
  let directory: PlanDirectory | null = top;
  for (const [index, name] of missing.entries()) {
    const depth = firstMissing + index;
    const node = nodeAt(depth);
    const isLast = depth === base.length - 1;
    const path = isLast ? treePath(root) : joinSnapshotPath(directory.snapshotPath, quoteName(name));
    directory = builder.planMissing(
      directory,
      name,
      node,
      isLast ? treeOf(root, snapshot) : (node?.subtree ?? null),
      path,
    );
    if (!directory) return anchor;
  }
  await builder.planEntries(directory, root.choice, false);
  return anchor;
}

function topDirectory(
  anchor: TargetRoot,
  root: ChosenRoot,
  missing: number,
  isOriginal: boolean,
  snapshot: StoredSnapshot,
): PlanDirectory {
  const depth = Math.max(0, root.treeSteps.length - missing);
  const snapshotPath = missing === 0 || isOriginal ? pathText(root.treeSteps.slice(0, depth)) : '/';
  const isWhole = missing === 0;
  const node = isOriginal && isWhole ? (root.nodes.at(-1) ?? null) : null;
  return {
    root: anchor,
    parent: null,
    name: Buffer.alloc(0),
    snapshotPath,
    tree: isWhole ? treeOf(root, snapshot) : null,
    node,
  };
}

function treeOf(root: ChosenRoot, snapshot: StoredSnapshot) {
  return root.nodes.length === 0 ? snapshot.tree : (root.nodes.at(-1)?.subtree ?? null);
}

function treePath(root: ChosenRoot): string {
  return pathText(root.treeSteps);
}

function pathText(steps: readonly Buffer[]): string {
  return steps.length === 0 ? '/' : steps.map((step) => `/${quoteName(step)}`).join('');
}

function isDirectory({ nodes }: ChosenRoot): boolean {
  const node = nodes.at(-1);
  return node === undefined || node.type === 'dir';
}

/** A file that was backed up by itself is an entry of its folder. */
function parentOf(root: ChosenRoot): ChosenRoot {
  const name = root.treeSteps.at(-1);
  const choice: Choice = newChoice();
  if (name) choice.below.set(name.toString('latin1'), newChoice(true));
  return {
    treeSteps: root.treeSteps.slice(0, -1),
    localSteps: root.localSteps.slice(0, -1),
    nodes: root.nodes.slice(0, -1),
    choice,
  };
}

/**
 * Paths that were left out at the original place say nothing about another folder, except that its absence proves nothing.
 * Presets and rules speak of names, and go with them.
 */
function elsewhere(notes: SnapshotNotes): SnapshotNotes {
  return { ...notes, leftOut: new Set() };
}

function targetPathOf(request: RestoreRequest, roots: readonly ChosenRoot[]): string {
  if (request.target.kind === 'folder') return request.target.path;
  const [first, ...others] = roots.map((root) => (isDirectory(root) ? root : parentOf(root)).localSteps);
  const common = (first ?? []).filter((_, index) =>
    others.every((steps) => (first ?? []).slice(0, index + 1).every((step, at) => steps[at]?.equals(step))),
  );
  return displayPath(pathOf(common));
}

function nothingThere(snapshot: StoredSnapshot): Error {
  return badInput(
    'selection',
    `This snapshot holds nothing at ${snapshot.paths.join(', ') || 'any path'}.`,
    'Choose entries by browsing the snapshot.',
  );
}

function ownTarget(anchor: TargetRoot): Error {
  return badInput(
    'target',
    `${displayPath(anchor.path)} is where Stillpoint keeps its own data.`,
    'Choose a folder outside the repository.',
  );
}
