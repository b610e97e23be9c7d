import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FileOps, plainFileOps } from '../../system/file-ops.ts';
import { entryOf } from '../../system/openat2.ts';
import type { PlanItem } from '../plan/plan-item.ts';
import type { TargetTree } from '../target/target-tree.ts';
import { FreshTree } from './fresh-tree.ts';

let folder: string;
let fd: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stillpoint-fresh-tree-'));
  fd = openSync(folder, 'r');
});
afterEach(() => {
  closeSync(fd);
  rmSync(folder, { recursive: true, force: true });
});

/** `after` happens when the folder has just been made. */
function begun(after: (temp: string) => void): FreshTree {
  const mkdirMeanwhile: FileOps['mkdirSync'] = (path, mode) => {
    plainFileOps.mkdirSync(path, mode);
    after(join(folder, 'temp'));
  };
  const ops: FileOps = { ...plainFileOps, mkdirSync: mkdirMeanwhile };
  const target = {
    ops,
    open: () => fd,
    entry: (_in: unknown, name: Buffer) => entryOf(fd, name),
  } as never as TargetTree;
  const item = { in: {}, name: Buffer.from('name'), type: 'dir', directory: { name: Buffer.from('name') } };
  const tree = new FreshTree(1, [item as unknown as PlanItem], Buffer.from('temp'));
  try {
    tree.begin(target, { isPrivileged: false });
  } finally {
    tree.drop(target);
  }
  return tree;
}

describe('the folder that a tree is made in', () => {
  it('is for us alone, and gone when it is taken back', () => {
    let mode = 0;
    const tree = begun((temp) => {
      mode = lstatSync(temp).mode & 0o7777;
    });
    expect(mode & 0o777).toBe(0o700);
    expect(tree.inode).not.toBe(0n);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is not one with something in it that somebody put in its place: nothing of that is touched', () => {
    mkdirSync(join(folder, 'theirs'), { mode: 0o700 });
    writeFileSync(join(folder, 'theirs', 'file'), 'theirs');
    const swap = (temp: string): void => {
      rmSync(temp, { recursive: true });
      renameSync(join(folder, 'theirs'), temp);
    };
    expect(() => begun(swap)).toThrow('another one');
    expect(existsSync(join(folder, 'temp', 'file'))).toBe(true);
  });

  it('is not one that others may look into: its rights stay as they are', () => {
    mkdirSync(join(folder, 'theirs'), { mode: 0o755 });
    writeFileSync(join(folder, 'theirs', 'file'), 'theirs');
    const swap = (temp: string): void => {
      rmSync(temp, { recursive: true });
      renameSync(join(folder, 'theirs'), temp);
    };
    expect(() => begun(swap)).toThrow('for us alone');
    expect(lstatSync(join(folder, 'temp')).mode & 0o777).toBe(0o755);
  });
});
