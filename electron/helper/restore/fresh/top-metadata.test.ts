import { chmodSync, closeSync, lstatSync, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { goModeOfStat } from '../../repository/index.ts';
import { plainFileOps } from '../../system/file-ops.ts';
import type { PlanDirectory } from '../plan/plan-item.ts';
import type { TargetTree } from '../target/target-tree.ts';
import { finishTop, type TopMetadata, topMetadataSchema } from './top-metadata.ts';

let folder: string;
let fd: number;
let top: TopMetadata;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stillpoint-top-'));
  fd = openSync(folder, 'r');
  mkdirSync(join(folder, 'top'), { mode: 0o700 });
  const { uid, gid } = lstatSync(folder);
  const mtimeNs = '1500000000000000001';
  top = { mode: goModeOfStat(0o040750), uid, gid, atimeNs: mtimeNs, mtimeNs, attributes: [] };
});
afterEach(() => {
  closeSync(fd);
  rmSync(folder, { recursive: true, force: true });
});

function finish(inode = lstatSync(join(folder, 'top')).ino): void {
  const target = { ops: plainFileOps, open: () => fd } as never as TargetTree;
  const read = topMetadataSchema.parse(JSON.parse(JSON.stringify(top)));
  finishTop(target, {} as PlanDirectory, Buffer.from('top'), String(inode), read);
}

const now = (): { mode: number; mtimeNs: bigint } => {
  const { mode, mtimeNs } = lstatSync(join(folder, 'top'), { bigint: true });
  return { mode: Number(mode) & 0o7777, mtimeNs };
};

describe('the top of a tree that was named and not told', () => {
  it('gets what it had in the snapshot, also where only a part of that was set', () => {
    finish();
    expect(now()).toEqual({ mode: 0o750, mtimeNs: 1500000000000000001n });
    mkdirSync(join(folder, 'top', 'x'));
    finish();
    expect(now().mtimeNs).toBe(1500000000000000001n);
  });

  it('is left alone where somebody gave it other rights since, or it is another folder', () => {
    chmodSync(join(folder, 'top'), 0o711);
    finish();
    expect(now().mode).toBe(0o711);
    chmodSync(join(folder, 'top'), 0o700);
    finish(1);
    expect(now().mode).toBe(0o700);
  });
});
