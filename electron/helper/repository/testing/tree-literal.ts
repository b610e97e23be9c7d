import type { BlobId } from '../../../../shared/domain/ids.ts';
import { goModeOfStat, nodeTypeOfStat } from '../format/modes.ts';
import type { TreeNode } from '../format/node.ts';
import type { SnapshotFile } from '../format/snapshot-file.ts';
import type { Repository } from '../repository.ts';
import type { Snapshot } from '../snapshots/snapshots.ts';
import type { RepositoryWriter } from '../writer/repository-writer.ts';

type Metadata = Partial<Omit<TreeNode, 'name' | 'type' | 'content' | 'subtree'>>;

export type Literal =
  | { readonly kind: 'file'; readonly content: Buffer; readonly metadata: Metadata }
  | { readonly kind: 'dir'; readonly entries: DirectoryLiteral; readonly metadata: Metadata }
  | { readonly kind: 'node'; readonly statMode: number; readonly metadata: Metadata };

/** Keys are names as UTF-8; a Map allows names of any bytes. */
export type DirectoryLiteral = Readonly<Record<string, Literal>> | ReadonlyMap<Buffer, Literal>;

export function file(content: string | Buffer, metadata: Metadata = {}): Literal {
  return { kind: 'file', content: Buffer.from(content), metadata };
}

export function dir(entries: DirectoryLiteral, metadata: Metadata = {}): Literal {
  return { kind: 'dir', entries, metadata };
}

export function symlink(target: string | Buffer, metadata: Metadata = {}): Literal {
  return { kind: 'node', statMode: 0o120777, metadata: { linkTarget: Buffer.from(target), ...metadata } };
}

/** Anything else by its st_mode, e.g. 0o010644 for a fifo. */
export function special(statMode: number, metadata: Metadata = {}): Literal {
  return { kind: 'node', statMode, metadata };
}

const someTimeNs = 1_700_000_000_123_456_789n;

const defaults = {
  mtimeNs: someTimeNs,
  atimeNs: someTimeNs,
  ctimeNs: someTimeNs,
  uid: 1000,
  gid: 1000,
  inode: 1n,
  deviceId: 1n,
  size: 0n,
  links: 1n,
  device: 0n,
} as const;

/** Stores the entries of a directory; the id of its tree. Files are cut by the repository's chunker. */
export async function storeDirectory(
  repository: Repository,
  writer: RepositoryWriter,
  entries: DirectoryLiteral,
): Promise<BlobId> {
  const named: Iterable<readonly [Buffer, Literal]> =
    entries instanceof Map
      ? (entries as ReadonlyMap<Buffer, Literal>)
      : Object.entries(entries).map(([name, literal]) => [Buffer.from(name), literal as Literal]);
  const nodes: TreeNode[] = [];
  for (const [name, literal] of named) nodes.push(await storeNode(repository, writer, name, literal));
  return (await writer.saveTree(nodes)).id;
}

async function storeNode(
  repository: Repository,
  writer: RepositoryWriter,
  name: Buffer,
  literal: Literal,
): Promise<TreeNode> {
  if (literal.kind === 'node') {
    const { statMode, metadata } = literal;
    return { ...defaults, name, type: nodeTypeOfStat(statMode), mode: goModeOfStat(statMode), ...metadata };
  }
  if (literal.kind === 'dir') {
    const subtree = await storeDirectory(repository, writer, literal.entries);
    return { ...defaults, name, type: 'dir', mode: goModeOfStat(0o040755), ...literal.metadata, subtree };
  }
  const content = await storeContent(repository, writer, literal.content);
  const size = BigInt(literal.content.length);
  return { ...defaults, name, type: 'file', mode: goModeOfStat(0o100644), size, ...literal.metadata, content };
}

async function storeContent(repository: Repository, writer: RepositoryWriter, content: Buffer): Promise<BlobId[]> {
  const chunker = repository.chunker();
  const ids: BlobId[] = [];
  for (const chunk of chunker.push(content)) ids.push((await writer.saveBlob('data', chunk)).id);
  const last = chunker.finish();
  if (last) ids.push((await writer.saveBlob('data', last)).id);
  return ids;
}

/** Stores the directory and publishes a snapshot of it, under a lock of its own. */
export async function storeSnapshot(
  repository: Repository,
  entries: DirectoryLiteral,
  fields: Partial<SnapshotFile> = {},
): Promise<Snapshot> {
  return repository.locks.withLock({ mode: 'shared' }, async (lock) => {
    const tree = await repository.withWriter(lock, {}, (writer) => storeDirectory(repository, writer, entries));
    return repository.snapshots.publish(lock, { ...snapshotDefaults, ...fields, tree });
  });
}

const snapshotDefaults = {
  timeNs: someTimeNs,
  paths: ['/data'],
  hostname: 'machine',
  username: 'user',
  uid: 1000,
  gid: 1000,
  excludes: [],
  tags: [],
} as const;
