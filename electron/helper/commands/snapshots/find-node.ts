import type { BlobId } from '../../../../shared/domain/ids.ts';
import { StillpointError } from '../../../../shared/errors/index.ts';
import { type Folder, type Repository, type TreeNode, unquoteName } from '../../repository/index.ts';

/** The folder at `path` of a tree. `bad-input` when there is no such folder. */
export async function folderAt(repository: Repository, rootTree: BlobId, path: string): Promise<Folder> {
  let folder = await repository.openFolder(rootTree);
  for (const name of namesOf(path)) {
    const node = folder.find(name);
    if (!node?.subtree) throw nothingAt(path, 'folder');
    folder = await repository.openFolder(node.subtree);
  }
  return folder;
}

/** The node at `path`. `bad-input` when there is none. */
export async function nodeAt(repository: Repository, rootTree: BlobId, path: string): Promise<TreeNode> {
  const names = namesOf(path);
  const last = names.at(-1);
  if (last === undefined) throw nothingAt(path, 'file');
  const parent = await folderAt(repository, rootTree, `/${path.slice(1).split('/').slice(0, -1).join('/')}`);
  const node = parent.find(last);
  if (!node) throw nothingAt(path, 'file');
  return node;
}

function namesOf(path: string): Buffer[] {
  return path
    .split('/')
    .filter((name) => name !== '')
    .map((name) => Buffer.from(unquoteName(name)));
}

function nothingAt(path: string, what: 'file' | 'folder'): StillpointError {
  return new StillpointError({
    kind: 'bad-input',
    field: 'path',
    message: `There is no ${what} ${path} in this snapshot.`,
    guidance: 'It may have had another name then. Browse the snapshot, or search for the name.',
  });
}
