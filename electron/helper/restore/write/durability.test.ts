import { mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { TreeNode } from '../../repository/index.ts';
import { type FileOps, plainFileOps } from '../../system/file-ops.ts';
import { spaceOf } from '../../system/space.ts';
import type { PlanDirectory, PlanItem } from '../plan/plan-item.ts';
import type { TargetTree } from '../target/target-tree.ts';
import { Durability } from './durability.ts';
import type { RestoreContext } from './restore-context.ts';
import { stageEntry } from './stage-entry.ts';

let folder: string;
let fd: number;
let calls: string[];
let target: TargetTree;
const directory = {} as PlanDirectory;
const isPlain = [0xef53n, 0x58465342n, 0x9123683en, 0x01021994n].includes(spaceOf(tmpdir()).type);
const noPlain = isPlain ? '' : ' (temporary files lie on another kind of filesystem)';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stillpoint-durability-'));
  fd = openSync(folder, 'r');
  calls = [];
  const ops: FileOps = {
    ...plainFileOps,
    openSync(path, flags, mode) {
      calls.push(String(path));
      return plainFileOps.openSync(path, flags, mode);
    },
  };
  target = { ops, open: () => fd, entry: (_in: unknown, name: Buffer) => Buffer.from(`${folder}/${name}`) } as never;
});
afterEach(() => {
  plainFileOps.closeSync(fd);
  rmSync(folder, { recursive: true, force: true });
});

it.skipIf(!isPlain)(
  `opens a filesystem when told that something will be written there, once, where it is much${noPlain}`,
  () => {
    const durability = new Durability(target);
    durability.begin(15);
    durability.foresee(directory);
    expect(calls).toEqual([]);
    durability.begin(16);
    durability.foresee(directory);
    expect(calls).toEqual([`/proc/self/fd/${fd}`]);
    expect(durability.isWhole(directory)).toBe(true);
    durability.touch(directory);
    expect(calls).toHaveLength(1);
    durability.close();
  },
);

it.skipIf(!isPlain)(`is told before an entry is made: what fails from then on is heard of${noPlain}`, async () => {
  const durability = new Durability(target);
  durability.begin(16);
  const item = { in: directory, name: Buffer.from('file'), type: 'file' } as PlanItem;
  const node = { type: 'file', mode: 0o600, uid: 0, gid: 0, size: 1n, content: [] } as unknown as TreeNode;
  const context = { target, durability, zeros: new Set(), signal: new AbortController().signal, report: {} };
  // It has no content, and should have: it is made, and taken back.
  await expect(stageEntry(context as never as RestoreContext, item, node, Buffer.from('temp'))).rejects.toThrow();
  expect(calls).toEqual([`/proc/self/fd/${fd}`, `${folder}/temp`]);
  durability.close();
});

it.skipIf(!isPlain)(
  `is not counted on any more when it failed once, also by what was begun before${noPlain}`,
  async () => {
    const durability = new Durability(target);
    durability.begin(16);
    const wasWhole = durability.isWhole(directory);
    await durability.syncOneByOne();
    expect([wasWhole, durability.isAtOnce(directory), durability.isWhole(directory)]).toEqual([true, false, false]);
    durability.touch(directory);
    expect(durability.isTouched).toBe(false);
    durability.close();
  },
);
