import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { repositoryIdSchema, runIdSchema, sourceIdSchema } from '../../shared/domain/ids.ts';
import type { NewEntry } from './journal/entries.ts';
import { Journal } from './journal/journal.ts';
import { lineFile } from './journal/line-file.ts';
import { takeLease } from './lease.ts';

const id = sourceIdSchema.parse('papers');
const repositoryId = repositoryIdSchema.parse('a'.repeat(64));
const isRoot = process.getuid?.() === 0;
let place: string;
let disk: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'stillpoint-full-'));
  disk = join(place, 'mnt');
  mkdirSync(disk);
  if (isRoot) execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k,nr_inodes=64', 'tmpfs', disk]);
});
afterEach(() => {
  if (isRoot) execFileSync('umount', [disk]);
  rmSync(place, { recursive: true });
});

/** Until nothing more fits. */
function fill(path = join(disk, 'ballast')): void {
  const file = openSync(path, 'a');
  try {
    for (;;) writeSync(file, Buffer.alloc(1024));
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENOSPC' });
  } finally {
    closeSync(file);
  }
}

const began = (n: number): NewEntry => ({
  ...{ type: 'began', runId: runIdSchema.parse(n.toString(16).padStart(32, '0')), slot: n, trigger: 'due', by: 'app' },
  repositoryId,
});
const full = { kind: 'io', message: expect.stringContaining('the disk is full'), retryable: true };

describe.skipIf(!isRoot)('a disk of the state that is full (needs root to mount one)', () => {
  it('keeps a journal whole: what was not taken is said, what was is there, and it goes on when there is room', async () => {
    const path = join(disk, 'schedule', `${id}.jsonl`);
    const journal = new Journal(lineFile(path), () => 1000);
    await journal.append(began(0));
    fill();
    let taken = 1;
    const failure: unknown = await (async () => {
      for (; taken < 10_000; taken++) await journal.append(began(taken));
    })().catch((error: unknown) => error);
    expect(failure).toMatchObject(full);
    const read = (): Promise<number> => new Journal(lineFile(path), () => 1000).read().then(({ runs }) => runs.length);
    expect(await read()).toBe(taken);
    rmSync(join(disk, 'ballast'));
    await journal.append(began(taken));
    expect(await read()).toBe(taken + 1);
  });

  it('gives a lease, because its name in it is no condition, and says so where it cannot be made', async () => {
    const folder = join(disk, 'schedule');
    const first = await takeLease(folder, id, 'app');
    if (first.kind === 'taken') await first.lease.release();
    fill();
    const again = await takeLease(folder, id, 'command-line');
    if (again.kind !== 'taken') throw new Error('nobody had it');
    expect((await takeLease(folder, id, 'app')).kind).toBe('held');
    await again.lease.release();
    // This disk has room of its own for names: that is full too.
    const names = async (): Promise<void> => {
      for (let n = 0; n < 100_000; n++) closeSync(openSync(join(disk, `name-${n}`), 'wx'));
    };
    await expect(names()).rejects.toMatchObject({ code: 'ENOSPC' });
    await expect(takeLease(folder, sourceIdSchema.parse('photos'), 'app')).rejects.toMatchObject(full);
    await expect(takeLease(join(disk, 'other'), id, 'app')).rejects.toMatchObject(full);
    expect(readFileSync(join(disk, 'ballast')).length).toBeGreaterThan(0);
  });
});
