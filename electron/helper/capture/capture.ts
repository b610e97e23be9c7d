import type { BlobId } from '../../../shared/domain/ids.ts';
import type { StillView } from '../quiesce/contract.ts';
import { quoteName, type TreeNode } from '../repository/index.ts';
import { type AccountNames, readAccountNames } from './account-names.ts';
import type { BlobStore, Capture, Captured, CaptureOptions } from './contract.ts';
import { FileCapture } from './file-capture.ts';
import { nodeOfEntry } from './node-of-entry.ts';
import { nameKey, ParentTree } from './parent-tree.ts';
import { Tally } from './tally.ts';
import { ViewWalk } from './walk-view.ts';

/** See `Capture`. Reads the names of accounts before the first look at the view. */
export const capture: Capture = async (view, store, options) =>
  captureAs(await readAccountNames(), view, store, options);

export async function captureAs(
  accounts: AccountNames,
  view: StillView,
  store: BlobStore,
  options: CaptureOptions,
): Promise<Captured> {
  const parent = new ParentTree(store, options);
  const tally = new Tally();
  const files = new FileCapture(store, options, parent, accounts, tally);
  const walk = new ViewWalk(store, options, files, parent, accounts, tally);

  const steps = [...view.ancestors.map(({ name }) => name), view.root.name].filter((name) => name.length > 0);
  const before = await nodeAt(parent, options.parentTree, steps);
  const path = steps.map((name) => `/${quoteName(name)}`).join('');
  // A source that is the root directory has no name of its own: its entries are those of the snapshot's root.
  const isRootDirectory = steps.length === 0;
  const root = await walk.capture(isRootDirectory ? { ...view.root, name: rootStandIn } : view.root, path, before);

  const rootTree =
    isRootDirectory && root?.subtree
      ? root.subtree
      : await walk.saveTree(await wrapInAncestors(view, root, accounts, (nodes) => walk.saveTree(nodes)));
  return { rootTree, totals: tally.totals };
}

const rootStandIn = Buffer.from('root');

async function wrapInAncestors(
  view: StillView,
  root: TreeNode | null,
  accounts: AccountNames,
  saveTree: (nodes: readonly TreeNode[]) => Promise<BlobId>,
): Promise<readonly TreeNode[]> {
  let nodes: readonly TreeNode[] = root ? [root] : [];
  for (const { name, meta } of [...view.ancestors].reverse()) {
    nodes = [{ ...nodeOfEntry(name, meta, accounts), subtree: await saveTree(nodes) }];
  }
  return nodes;
}

/** The parent snapshot's node at the place where this view hangs. For the root directory, one that has only a subtree. */
async function nodeAt(
  parent: ParentTree,
  tree: BlobId | null,
  steps: readonly Uint8Array[],
): Promise<TreeNode | undefined> {
  if (tree === null) return undefined;
  let node: TreeNode | undefined;
  let subtree: BlobId | undefined = tree;
  for (const step of steps) {
    node = (await parent.directory(subtree)).get(nameKey(step));
    subtree = node?.subtree;
  }
  return steps.length > 0 ? node : rootNodeOf(tree);
}

function rootNodeOf(subtree: BlobId): TreeNode {
  const zero = { mtimeNs: 0n, atimeNs: 0n, ctimeNs: 0n, inode: 0n, deviceId: 0n, size: 0n, links: 0n, device: 0n };
  return { name: rootStandIn, type: 'dir', mode: 0, uid: 0, gid: 0, ...zero, subtree };
}
