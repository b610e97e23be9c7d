import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  type Backend,
  type Inspectors,
  initRepository,
  LocalBackend,
  MemoryBackend,
  openRepository,
} from '../repository/index.ts';
import { testOptions } from '../repository/testing/memory-repository.ts';
import { SeededRandom } from '../repository/testing/seeded-random.ts';
import { dir, file, storeSnapshot } from '../repository/testing/tree-literal.ts';
import { checkThreads } from './check-threads.ts';
import { repositoryFileOps } from './repository-file-ops.ts';
import { ThreadedPlace } from './threaded-place.ts';

const random = new SeededRandom(4711);
const folder = mkdtempSync(join(tmpdir(), 'stillpoint-check-threads-'));
const place = (): Backend =>
  new ThreadedPlace(new LocalBackend(folder, repositoryFileOps(null)), { root: folder, identity: null });
const startInspecting = checkThreads({ threads: 2 });

beforeAll(async () => {
  const repository = await initRepository(place(), { ...testOptions, packTarget: 40_000 });
  const text = Buffer.from('every line the same, more or less\n'.repeat(9000));
  const files = Array.from({ length: 20 }, (_, at) => [
    `f${at}`,
    file(at % 2 === 0 ? random.bytes(50_000) : Buffer.concat([Buffer.from(String(at)), text])),
  ]) as [string, ReturnType<typeof file>][];
  await storeSnapshot(repository, { docs: dir(Object.fromEntries(files)), empty: dir({}) });
});
afterAll(() => rmSync(folder, { recursive: true }));

function packs(): string[] {
  const data = join(folder, 'data');
  return readdirSync(data)
    .flatMap((name) => readdirSync(join(data, name)).map((pack) => join(data, name, pack)))
    .sort();
}

function openFiles(): number {
  return readdirSync('/proc/self/fd').length;
}

describe('a check of all data on threads', () => {
  it('finds nothing wrong where nothing is, and leaves no file open', async () => {
    const repository = await openRepository(place(), { ...testOptions, startInspecting });
    const before = openFiles();
    const report = await repository.check({ readData: true });
    expect(report).toMatchObject({ findings: [], snapshots: 1, readAllData: true });
    expect(report.packs).toBeGreaterThan(10);
    expect(openFiles()).toBeLessThanOrEqual(before + 1);
  });

  it('finds what a check without threads finds, in the same order', async () => {
    const all = packs();
    const kept = all.map((path) => readFileSync(path));
    try {
      for (let round = 0; round < 12; round += 1) {
        const at = random.int(all.length);
        const bytes = Buffer.from(kept[at] ?? Buffer.alloc(0));
        if (round % 4 === 3) writeFileSync(all[at] ?? '', bytes.subarray(0, random.int(bytes.length)));
        else {
          const byte = random.int(bytes.length);
          bytes[byte] = (bytes[byte] ?? 0) ^ (1 << random.int(8));
          writeFileSync(all[at] ?? '', bytes);
        }
      }
      const alone = await (await openRepository(place(), testOptions)).check({ readData: true });
      const threads = { ...testOptions, startInspecting };
      const together = await (await openRepository(place(), threads)).check({ readData: true });
      expect(alone.findings.length).toBeGreaterThan(5);
      expect(together).toEqual(alone);
    } finally {
      for (const [at, path] of all.entries()) writeFileSync(path, kept[at] ?? Buffer.alloc(0));
    }
  });

  describe('begun before the key is known', () => {
    const ahead = { ...testOptions, startInspecting, isForDataCheck: true };

    it('finds nothing wrong where nothing is, again and again, and leaves no file open', async () => {
      const before = openFiles();
      const repository = await openRepository(place(), ahead);
      for (let round = 0; round < 2; round += 1)
        expect(await repository.check({ readData: true })).toMatchObject({ findings: [], readAllData: true });
      expect(openFiles()).toBeLessThanOrEqual(before + 1);
    });

    it('compares each pack with its name once', async () => {
      const named: string[] = [];
      const known: boolean[] = [];
      const repository = await openRepository(place(), {
        ...ahead,
        startInspecting: () => {
          const threads = startInspecting();
          return {
            ...{ atOnce: threads.atOnce, unlock: threads.unlock.bind(threads), close: threads.close.bind(threads) },
            async hasItsName(id, bytes) {
              named.push(id);
              return (await threads.hasItsName?.(id, bytes)) ?? false;
            },
            inspect(id, bytes, listed, what) {
              known.push(what.isNamed);
              expect(what.isNamed).toBe(named.includes(id));
              return threads.inspect(id, bytes, listed, what);
            },
          };
        },
      });
      await vi.waitUntil(() => named.length === packs().length, { timeout: 20_000 });
      expect((await repository.check({ readData: true })).findings).toEqual([]);
      expect(known).toEqual(named.map(() => true));
    });

    it('finds what is wrong by then, and what went wrong only afterwards', async () => {
      const [first = '', second = ''] = packs();
      const kept = [first, second].map((path) => readFileSync(path));
      const flip = (path: string): void => {
        const bytes = readFileSync(path);
        bytes[bytes.length - 10] = (bytes[bytes.length - 10] ?? 0) ^ 1;
        writeFileSync(path, bytes);
      };
      try {
        flip(first);
        const repository = await openRepository(place(), ahead);
        flip(second);
        const damaged = (await repository.check({ readData: true })).findings.map(({ file }) => file);
        expect(damaged).toEqual(expect.arrayContaining([first, second].map((path) => basename(path))));
      } finally {
        for (const [at, path] of [first, second].entries()) writeFileSync(path, kept[at] ?? Buffer.alloc(0));
      }
    });

    it('ends where no data is read after all: the check fails before, looks at the folders only, or is never asked for', async () => {
      for (const how of ['fails', 'folders', 'never'] as const) {
        let closed = 0;
        const startCounted = (): Inspectors => {
          const threads = startInspecting();
          return Object.assign(threads, {
            close: async () => {
              await Object.getPrototypeOf(threads).close.call(threads);
              closed += 1;
            },
          });
        };
        const repository = await openRepository(place(), { ...ahead, startInspecting: startCounted });
        if (how === 'never') repository.close();
        else if (how === 'folders') expect((await repository.check()).findings).toEqual([]);
        else
          await expect(repository.check({ readData: true, signal: AbortSignal.abort() })).rejects.toMatchObject({
            kind: 'cancelled',
          });
        await vi.waitUntil(() => closed > 0, { timeout: 20_000 });
      }
    });

    it('ends where the password is wrong, and leaves no file open', async () => {
      const before = openFiles();
      const wrong = openRepository(place(), { ...ahead, password: 'another' });
      await expect(wrong).rejects.toMatchObject({ kind: 'wrong-password' });
      expect(openFiles()).toBeLessThanOrEqual(before + 1);
    });
  });

  it('looks through what the place hands over, where it is not on this machine', async () => {
    const backend = new MemoryBackend();
    const repository = await initRepository(backend, { ...testOptions, packTarget: 40_000, startInspecting });
    await storeSnapshot(repository, { one: file(random.bytes(100_000)), two: file(random.bytes(100_000)) });
    expect((await repository.check({ readData: true })).findings).toEqual([]);
    const [key = ''] = [...backend.files.keys()].filter((name) => name.startsWith('pack/'));
    const bytes = backend.files.get(key) ?? Buffer.alloc(0);
    bytes[40] = (bytes[40] ?? 0) ^ 1;
    const codes = (await repository.check({ readData: true })).findings.map(({ code }) => code);
    expect(codes).toContain('pack-damaged');
    expect(codes).toContain('blob-damaged');
    // What was handed over is not taken away from the place.
    expect((await repository.check({ readData: true })).findings.map(({ code }) => code)).toEqual(codes);
  });

  it('ends at a cancel, in the midst of it, and leaves no file open', async () => {
    const repository = await openRepository(place(), { ...testOptions, startInspecting });
    const before = openFiles();
    const cancel = new AbortController();
    const checked = repository.check({
      readData: true,
      signal: cancel.signal,
      onProgress: ({ phase, done }) => {
        if (phase === 'data' && done > 0) cancel.abort();
      },
    });
    await expect(checked).rejects.toMatchObject({ kind: 'cancelled' });
    expect(openFiles()).toBeLessThanOrEqual(before + 1);
  });

  it('fails when a thread ends by itself: what it had was not looked at', async () => {
    const program = new URL('./testing/ending-worker.ts', import.meta.url);
    const dying = checkThreads({ threads: 2, program });
    const repository = await openRepository(place(), { ...testOptions, startInspecting: dying });
    await expect(repository.check({ readData: true })).rejects.toMatchObject({ kind: 'internal' });
  });
});
