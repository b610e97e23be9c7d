import type { BlobId } from '../../../../shared/domain/ids.ts';
import { joinSnapshotPath } from '../../../../shared/domain/path-text.ts';
import type { Change } from '../../../../shared/domain/snapshot.ts';
import { throwIfAborted } from '../../../../shared/errors/index.ts';
import { quoteName, type Repository, type TreeNode } from '../../repository/index.ts';

/** Ours, not the source's: the evidence differs in every snapshot and says nothing about the user's files. */
const ownFolder = '/.stillpoint';

/** What differs between two trees, by path. Subtrees with the same id are equal and are not looked into. */
export async function diffTrees(
  repository: Repository,
  before: BlobId,
  after: BlobId,
  signal: AbortSignal,
): Promise<Change[]> {
  const changes: Change[] = [];
  await compare('/', before, after);
  return changes;

  async function compare(path: string, one: BlobId | undefined, other: BlobId | undefined): Promise<void> {
    if (one === other) return;
    throwIfAborted(signal);
    const old = one ? (await repository.loadTree(one)).nodes : [];
    const young = other ? (await repository.loadTree(other)).nodes : [];
    for (const [was, is] of pairs(old, young)) {
      const node = is ?? was;
      const here = node ? joinSnapshotPath(path, quoteName(node.name)) : path;
      if (here === ownFolder) continue;
      const change = classify(was, is);
      if (change) changes.push(changeOf(here, change, was, is));
      if (was?.subtree !== is?.subtree) await compare(here, was?.subtree, is?.subtree);
    }
  }
}

/** Both lists ascend by name; each name comes once, with what either side has of it. */
function* pairs(
  old: readonly TreeNode[],
  young: readonly TreeNode[],
): Generator<readonly [TreeNode | undefined, TreeNode | undefined]> {
  let i = 0;
  let j = 0;
  while (i < old.length || j < young.length) {
    const was = old[i];
    const is = young[j];
    const order = !was ? 1 : !is ? -1 : Buffer.compare(was.name, is.name);
    yield [order <= 0 ? was : undefined, order >= 0 ? is : undefined];
    if (order <= 0) i++;
    if (order >= 0) j++;
  }
}

function classify(was: TreeNode | undefined, is: TreeNode | undefined): Change['change'] | null {
  if (!was) return 'added';
  if (!is) return 'removed';
  if (was.type !== is.type || !sameContent(was, is)) return 'changed';
  return sameMetadata(was, is) ? null : 'metadata';
}

function sameContent(was: TreeNode, is: TreeNode): boolean {
  const one = was.content ?? [];
  const other = is.content ?? [];
  if (one.length !== other.length || one.some((id, index) => id !== other[index])) return false;
  return (
    Buffer.compare(was.linkTarget ?? Buffer.alloc(0), is.linkTarget ?? Buffer.alloc(0)) === 0 &&
    was.device === is.device
  );
}

function sameMetadata(was: TreeNode, is: TreeNode): boolean {
  // A directory's times follow its entries, which are listed themselves.
  const sameTime = was.type === 'dir' || was.mtimeNs === is.mtimeNs;
  return (
    sameTime && was.mode === is.mode && was.uid === is.uid && was.gid === is.gid && attributes(was) === attributes(is)
  );
}

function attributes(node: TreeNode): string {
  return (node.extendedAttributes ?? []).map(({ name, value }) => `${name}=${value.toString('hex')}`).join();
}

function changeOf(path: string, change: Change['change'], was: TreeNode | undefined, is: TreeNode | undefined): Change {
  return {
    path,
    change,
    type: (is ?? was)?.type ?? 'file',
    sizeBefore: was ? Number(was.size) : null,
    sizeAfter: is ? Number(is.size) : null,
  };
}
