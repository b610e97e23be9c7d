import { randomFillSync } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TakenNamedFile } from '../repository/crunch/intake.ts';
import { MemoryBackend, type Repository, type RepositoryWriter } from '../repository/index.ts';
import { initRepository } from '../repository/open.ts';
import { assertHealthy } from '../repository/testing/assert-healthy.ts';
import { testOptions } from '../repository/testing/memory-repository.ts';
import { withWriter } from '../repository/testing/with-writer.ts';
import { processAbilities } from '../system/capabilities.ts';
import { runProgramOk } from '../system/exec.ts';
import type { Identity } from '../system/identity.ts';
import { statxAt } from '../system/statx.ts';
import { crunchThreads } from './crunch-threads.ts';

let folder: string;
let directory: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stillpoint-named-'));
  directory = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
});
afterEach(() => {
  closeSync(directory);
  rmSync(folder, { recursive: true, force: true });
});

async function repositoryWith(identity: Identity | null = null): Promise<Repository> {
  const startCrunching = crunchThreads({ threads: 2, identity });
  return initRepository(new MemoryBackend(), { ...testOptions, startCrunching });
}

/** As the look at its folder shows it. */
function described(name: string | Buffer) {
  const bytes = Buffer.from(name);
  const { size, inode, mtimeNs, ctimeNs } = statxAt(directory, bytes);
  return { directory, name: bytes, size: Number(size), inode, mtimeNs, ctimeNs };
}

function take(writer: RepositoryWriter, file: ReturnType<typeof described>): Promise<TakenNamedFile> {
  return new Promise((resolve, reject) => writer.takeNamed(file, resolve, reject));
}

/** What became of one file that is changed between the look at its folder and its reading. */
async function takenAfter(change: () => unknown, identity: Identity | null = null): Promise<TakenNamedFile> {
  writeFileSync(join(folder, 'file'), 'content');
  const file = described('file');
  const undo = await change();
  try {
    return await withWriter(await repositoryWith(identity), (writer) => take(writer, file));
  } finally {
    if (typeof undo === 'function') undo();
  }
}

describe('files taken in by their names', () => {
  it('become the same blobs as pushed bytes, whatever their names, and leave no descriptor open', async () => {
    const repository = await repositoryWith();
    const contents = new Map<string, Buffer>(
      [0, 1, 4096, 300_000, 3_000_000].map((length, index) => [
        `${index} \xff"\n`,
        randomFillSync(Buffer.alloc(length)),
      ]),
    );
    for (const [name, bytes] of contents)
      writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name, 'latin1')]), bytes);
    const before = readdirSync('/proc/self/fd').length;
    const taken = await withWriter(repository, (writer) =>
      Promise.all([...contents.keys()].map((name) => take(writer, described(Buffer.from(name, 'latin1'))))),
    );
    expect(readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(before);
    for (const [index, bytes] of [...contents.values()].entries()) {
      const one = taken[index];
      expect(one).toMatchObject({ isAsNamed: true, length: bytes.length });
      const parts = await Promise.all((one?.blobs ?? []).map((id) => repository.loadBlob('data', id)));
      expect(Buffer.concat(parts).equals(bytes)).toBe(true);
    }
    await assertHealthy(repository);
  });

  it.each([
    ['was removed', () => rmSync(join(folder, 'file'))],
    ['was written to', () => appendFileSync(join(folder, 'file'), '!')],
    ['was written to, its length and times as before', sameButContent],
    ['has another mode', () => chmodSync(join(folder, 'file'), 0o600)],
    ['was replaced', replace],
    ['became a link to itself', becomeLink],
    ['became a folder', becomeFolder],
    ['became a pipe', becomePipe],
    ['is open for writing', holdOpen],
  ])('are not as named where one %s', async (_what, change) => {
    expect((await takenAfter(change)).isAsNamed).toBe(false);
  });

  it('are taken where somebody only reads', async () => {
    const taken = await takenAfter(() => {
      const fd = openSync(join(folder, 'file'), 'r');
      return () => closeSync(fd);
    });
    expect(taken).toMatchObject({ isAsNamed: true, length: 7 });
  });

  it('count what was stored of one that was not as named, and find it again by content', async () => {
    const repository = await repositoryWith();
    writeFileSync(join(folder, 'file'), randomFillSync(Buffer.alloc(5000)));
    const file = described('file');
    const [changed, again] = await withWriter(repository, async (writer) => [
      await take(writer, { ...file, mtimeNs: file.mtimeNs + 1n }),
      await take(writer, file),
    ]);
    expect(changed).toMatchObject({ isAsNamed: false });
    expect(changed?.storedLength).toBeGreaterThan(0);
    expect(again).toMatchObject({ isAsNamed: true, storedLength: 0, length: 5000 });
    await assertHealthy(repository);
  });

  it('fail, and leave nothing open, when the run is over before they were read', async () => {
    writeFileSync(join(folder, 'file'), randomFillSync(Buffer.alloc(1_000_000)));
    const file = described('file');
    const before = readdirSync('/proc/self/fd').length;
    let waiting: Promise<PromiseSettledResult<TakenNamedFile>[]> | undefined;
    const run = withWriter(await repositoryWith(), async (writer) => {
      const all = Array.from({ length: 500 }, () => take(writer, file));
      waiting = Promise.allSettled(all);
      // Until the threads are in the middle of it: the first message is answered, and others are under way.
      await Promise.race(all);
      throw new Error('over');
    });
    await expect(run).rejects.toThrow('over');
    const outcomes = (await waiting) ?? [];
    expect(outcomes.length).toBe(500);
    expect(outcomes.some(({ status }) => status === 'rejected')).toBe(true);
    expect(readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(before);
  });

  it('are not waited for after a cancel, however many there still are, and leave nothing open', async () => {
    writeFileSync(join(folder, 'file'), randomFillSync(Buffer.alloc(4_000_000)));
    const file = described('file');
    const before = readdirSync('/proc/self/fd').length;
    const cancel = new AbortController();
    const repository = await repositoryWith();
    let outcomes: readonly PromiseSettledResult<TakenNamedFile>[] = [];
    const run = repository.locks.withLock({ mode: 'shared' }, (lock) =>
      repository.withWriter(lock, { signal: cancel.signal }, async (writer) => {
        const all = Array.from({ length: 500 }, () => take(writer, file));
        void Promise.race(all).then(() => cancel.abort());
        outcomes = await Promise.allSettled(all);
        await writer.flush();
      }),
    );
    await expect(run).rejects.toMatchObject({ kind: 'cancelled' });
    const failures = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
    expect(failures.length).toBeGreaterThan(400);
    for (const failure of failures) expect(failure).toMatchObject({ kind: 'cancelled' });
    expect(readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(before);
  });

  const missing = processAbilities().uid === 0 ? null : 'needs root to read in another name';
  it.skipIf(missing !== null)(missing ?? 'are opened with the rights of whoever asks, and no others', async () => {
    const nobody: Identity = { uid: 65534, gid: 65534, groups: [] };
    chmodSync(folder, 0o755);
    const refused = await takenAfter(() => chmodSync(join(folder, 'file'), 0o600), nobody);
    expect(refused).toMatchObject({ isAsNamed: false, storedLength: 0, blobs: [] });
    writeFileSync(join(folder, 'own'), 'own', { mode: 0o600 });
    chownSync(join(folder, 'own'), nobody.uid, nobody.gid);
    const file = described('own');
    const own = await withWriter(await repositoryWith(nobody), (writer) => take(writer, file));
    expect(own).toMatchObject({ isAsNamed: true, length: 3 });
  });
});

function sameButContent(): void {
  const { mtimeNs } = statxAt(directory, 'file');
  writeFileSync(join(folder, 'file'), 'CONTENT');
  utimesSync(join(folder, 'file'), Number(mtimeNs) / 1e9, Number(mtimeNs) / 1e9);
}

function replace(): void {
  writeFileSync(join(folder, 'other'), 'content');
  renameSync(join(folder, 'other'), join(folder, 'file'));
}

function becomeLink(): void {
  renameSync(join(folder, 'file'), join(folder, 'other'));
  symlinkSync('other', join(folder, 'file'));
}

function becomeFolder(): void {
  rmSync(join(folder, 'file'));
  mkdirSync(join(folder, 'file'));
}

async function becomePipe(): Promise<void> {
  rmSync(join(folder, 'file'));
  await runProgramOk('/usr/bin/mkfifo', [join(folder, 'file')]);
}

function holdOpen(): () => void {
  const fd = openSync(join(folder, 'file'), 'r+');
  return () => closeSync(fd);
}
