import { linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setXattr } from '../../../system/xattr.ts';

/** A few entries of several kinds below `root`, which is made. */
export function makeSmallTree(root: string): void {
  mkdirSync(join(root, 'folder', 'deeper'), { recursive: true });
  writeFileSync(join(root, 'empty'), '');
  writeFileSync(join(root, 'folder', 'file'), 'content');
  linkSync(join(root, 'folder', 'file'), join(root, 'folder', 'second name'));
  setXattr(join(root, 'folder', 'file'), 'user.colour', Buffer.from('blue'));
  writeFileSync(join(root, 'folder', 'deeper', 'large'), Buffer.alloc(300_000, 7));
  symlinkSync('file', join(root, 'folder', 'link'));
}
