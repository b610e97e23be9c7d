import { isAbsolute, relative } from 'node:path';
import type { FilesystemFacts } from '../../sources/filesystem/facts.ts';

/**
 * Where the source's root lies below the root of its filesystem, bytes, without a leading slash; empty for that root
 * itself. By the path at which the filesystem shows it: what is found there is to be compared by its inode.
 */
export function pathInFilesystem(facts: Pick<FilesystemFacts, 'root' | 'mount'>): Buffer {
  // One character a byte, so that names that are not UTF-8 stay what they are.
  const below = relative(latin(facts.mount.mountPoint), facts.root.toString('latin1'));
  if (below.startsWith('..') || isAbsolute(below)) return Buffer.from('..');
  const parts = [...latin(facts.mount.root).split('/'), ...below.split('/')].filter((part) => part !== '');
  return Buffer.from(parts.join('/'), 'latin1');
}

function latin(text: string): string {
  return Buffer.from(text).toString('latin1');
}
