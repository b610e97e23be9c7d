import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  goModeOfStat,
  initRepository,
  LocalBackend,
  nodeFileOps,
  openRepository,
  type Repository,
  type TreeNode,
} from '../../../electron/helper/repository/index.ts';
import type { BlobId } from '../../../shared/domain/ids.ts';
import { root } from '../../harness/tree.ts';

/** What a repository of a million blobs is like: packs of sixteen, as 16 MiB make of blobs of a megabyte each. */
const blobsPerPack = 16;
const blobsPerFile = 1000;
const filesPerFolder = 100;
const plainLength = 12;
const sealedLength = plainLength + 32;
const folderEntries = 100_000;

export const millionPassword = 'correct horse';
export const wideFolder = 'wide';

export interface Million {
  readonly repository: string;
  readonly passwordFile: string;
}

/**
 * A repository of so many blobs in the real format, each of a few bytes, and one snapshot that needs all of them; beside
 * them one folder of 100,000 entries. Kept between runs.
 */
export async function millionBlobs(count: number): Promise<Million> {
  const folder = join(root, 'out/bench/million', String(count));
  const million = { repository: join(folder, 'repository'), passwordFile: join(folder, 'password') };
  if (existsSync(folder)) return million;
  const fresh = `${folder}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  writeFileSync(join(fresh, 'password'), `${millionPassword}\n`, { mode: 0o600 });
  await fill(join(fresh, 'repository'), count);
  renameSync(fresh, folder);
  return million;
}

export function openMillion({ repository }: Million): Promise<Repository> {
  return openRepository(new LocalBackend(repository), { password: millionPassword });
}

async function fill(path: string, count: number): Promise<void> {
  // Nothing of it must survive a power cut.
  const place = new LocalBackend(path, { ...nodeFileOps, fsync: () => {} });
  const repository = await initRepository(place, {
    password: millionPassword,
    packTarget: blobsPerPack * sealedLength,
  });
  await repository.locks.withLock({ mode: 'shared' }, async (lock) => {
    const tree = await repository.withWriter(lock, {}, async (writer) => {
      const folders: TreeNode[] = [];
      for (let first = 0; first < count; first += blobsPerFile * filesPerFolder) {
        const files: TreeNode[] = [];
        for (let at = first; at < Math.min(count, first + blobsPerFile * filesPerFolder); at += blobsPerFile) {
          const content: BlobId[] = [];
          for (let blob = at; blob < Math.min(count, at + blobsPerFile); blob += 1)
            content.push((await writer.saveBlob('data', Buffer.from(String(blob).padStart(plainLength, '0')))).id);
          files.push(node(`file-${at}`, 'file', { content, size: BigInt(content.length * plainLength) }));
        }
        folders.push(node(`folder-${first}`, 'dir', { subtree: (await writer.saveTree(files)).id }));
      }
      const { id } = await writer.saveBlob('data', Buffer.from('the same everywhere'));
      const wide = Array.from({ length: folderEntries }, (_, at) =>
        node(`${String(at).padStart(6, '0')} of many entries.txt`, 'file', { content: [id], size: BigInt(at) }),
      );
      folders.push(node(wideFolder, 'dir', { subtree: (await writer.saveTree(wide)).id }));
      return (await writer.saveTree(folders)).id;
    });
    await repository.snapshots.publish(lock, {
      ...{ tree, timeNs: someTimeNs, paths: ['/data'], hostname: 'machine', username: 'user', uid: 1000, gid: 1000 },
      excludes: [],
      tags: [],
    });
  });
}

const someTimeNs = 1_700_000_000_123_456_789n;

function node(name: string, type: 'file' | 'dir', more: Partial<TreeNode>): TreeNode {
  return {
    ...{ name: Buffer.from(name), type, mode: goModeOfStat(type === 'dir' ? 0o040755 : 0o100644) },
    ...{ mtimeNs: someTimeNs, atimeNs: someTimeNs, ctimeNs: someTimeNs, uid: 1000, gid: 1000 },
    ...{ user: 'user', group: 'user', inode: 1n, deviceId: 1n, size: 0n, links: 1n, device: 0n },
    ...more,
  };
}
