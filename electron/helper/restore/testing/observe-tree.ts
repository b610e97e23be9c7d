import { createHash } from 'node:crypto';
import { closeSync, lstatSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';
import { readXattrs, type Xattr } from '../../system/xattr.ts';

export interface ObserveOptions {
  /** Modification times of directories; off where something was put into or taken out of one that stays. */
  readonly directoryTimes?: boolean;
  /** The folder itself, not only what is in it. */
  readonly top?: boolean;
}

/**
 * Everything of a tree that a restore must bring back, by path (latin1, so that any byte is told), in words that a test
 * can compare. Reads with the plainest calls, none of them the restore's own. Hard links show as the first name.
 */
export function observeTree(path: string, options: ObserveOptions = {}): Record<string, string> {
  const found: Record<string, string> = {};
  const firstNames = new Map<string, string>();
  const visit = (at: Buffer, name: string): void => {
    const stat = lstatSync(at, { bigint: true });
    const isDirectory = stat.isDirectory();
    const facts = [`mode ${stat.mode.toString(8)}`, `owner ${stat.uid}:${stat.gid}`];
    if (!isDirectory || options.directoryTimes !== false) facts.push(`mtime ${stat.mtimeNs}`);
    if (stat.isFile()) facts.push(`size ${stat.size}`, `sha ${hashOf(at)}`);
    if (stat.isSymbolicLink()) facts.push(`-> ${readlinkSync(at, { encoding: 'buffer' }).toString('latin1')}`);
    if (stat.isBlockDevice() || stat.isCharacterDevice()) facts.push(`device ${stat.rdev}`);
    for (const { name: attribute, value } of readXattrs(at).filter(isOfFile))
      facts.push(`${attribute.toString()}=${value.toString('hex')}`);
    if (!isDirectory && stat.nlink > 1n) {
      const key = `${stat.dev}:${stat.ino}`;
      const first = firstNames.get(key);
      if (first === undefined) firstNames.set(key, name);
      facts.push(`links ${stat.nlink}`, `same as ${first ?? name}`);
    }
    if (name !== '' || options.top === true) found[name === '' ? '.' : name] = facts.join(', ');
    if (!isDirectory) return;
    for (const child of readdirSync(at, { encoding: 'buffer' }).sort(Buffer.compare)) {
      visit(
        Buffer.concat([at, Buffer.from('/'), child]),
        name === '' ? child.toString('latin1') : `${name}/${child.toString('latin1')}`,
      );
    }
  };
  visit(Buffer.from(path), '');
  return found;
}

/** XFS shows access lists twice, the second time in a form of its own. */
function isOfFile({ name }: Xattr): boolean {
  return !name.toString().startsWith('trusted.SGI_ACL_');
}

function hashOf(path: Buffer): string {
  const hash = createHash('sha256');
  const fd = openSync(path, 'r');
  const buffer = Buffer.alloc(1024 * 1024);
  try {
    for (let count = readSync(fd, buffer); count > 0; count = readSync(fd, buffer))
      hash.update(buffer.subarray(0, count));
  } finally {
    closeSync(fd);
  }
  return hash.digest('hex').slice(0, 16);
}
