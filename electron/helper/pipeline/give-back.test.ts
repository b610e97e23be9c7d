import { describe, expect, it } from 'vitest';
import { openRepository, type Repository } from '../repository/index.ts';
import { assertHealthy } from '../repository/testing/assert-healthy.ts';
import { diskError, type FaultyBackend, faulty } from '../repository/testing/faulty.ts';
import { memoryRepository, testOptions } from '../repository/testing/memory-repository.ts';
import { forgetAfterBackup } from './forget.ts';
import { isFirstOfDay } from './give-back.ts';
import { emptyResult } from './run-results.ts';
import { forgetJob, madeDaysAgo, reporting, runId, signal } from './testing/kept-world.ts';

const small = { packTarget: 30_000 };

/** A repository on a disk, as far as can be seen, with snapshots of so many days ago; the newest is a backup's. */
async function world(
  ...days: number[]
): Promise<{ repository: Repository; backend: FaultyBackend; run: () => Promise<unknown> }> {
  const { backend: inner, repository: writer } = await memoryRepository(small);
  const made = [];
  for (const each of days) made.push(await madeDaysAgo(writer, each));
  const backend = Object.assign(faulty(inner), { releaseReserve: async () => false });
  const repository = await openRepository(backend, { ...testOptions, ...small });
  const result = { ...emptyResult(runId, 'done', 'Held still.'), snapshotId: made.at(-1)?.id ?? null };
  const { report } = reporting();
  const run = () => forgetAfterBackup(result, repository, () => forgetJob({ last: 1 }), report, signal);
  return { repository, backend, run };
}

const packs = async ({ backend }: Repository): Promise<number> => (await backend.list('pack')).length;

describe('giving back after a backup has forgotten', () => {
  it('is done with the first backup of a day, under the lock it has, and the summary says how much', async () => {
    const { repository, run } = await world(3, 2, 0);
    const before = await packs(repository);
    expect(await run()).toMatchObject({
      outcome: 'done',
      summary: expect.stringMatching(
        /^Held still\. 2 old snapshots were deleted by the keep rules\. \d\d\.\d KiB given back\.$/,
      ),
    });
    expect(await packs(repository)).toBeLessThan(before);
    expect(await repository.locks.list()).toEqual([]);
    expect((await assertHealthy(repository)).findings.filter(({ code }) => code === 'pack-unlisted')).toEqual([]);
  });

  it('is left to the next day by the backups that follow, and to a person where the place is no disk', async () => {
    const { repository, run } = await world(3, 0, 0);
    const before = await packs(repository);
    expect(await run()).toMatchObject({ summary: 'Held still. 2 old snapshots were deleted by the keep rules.' });
    expect(await packs(repository)).toBe(before);
    const remote = await world(3, 0);
    Object.assign(remote.backend, { releaseReserve: undefined });
    const there = await packs(remote.repository);
    await remote.run();
    expect(await packs(remote.repository)).toBe(there);
  });

  it('is a warning when it fails; what was forgotten is forgotten and the backup is done', async () => {
    const { repository, backend, run } = await world(3, 0);
    backend.on('remove', 'pack').every().fails(diskError());
    expect(await run()).toMatchObject({
      outcome: 'warnings',
      error: null,
      warnings: [{ code: 'prune', text: expect.stringMatching(/^Space was not given back: /) }],
      summary: expect.stringContaining('1 old snapshot was deleted'),
    });
    expect((await repository.snapshots.list()).snapshots).toHaveLength(1);
    backend.heal();
    await assertHealthy(repository);
  });

  it('goes by the days of the machine’s wall clock', () => {
    const [evening, night] = [Date.parse('2026-01-01T22:30:00Z'), Date.parse('2026-01-01T23:30:00Z')];
    expect(isFirstOfDay([night, evening], 'UTC')).toBe(false);
    expect(isFirstOfDay([night, evening], 'Europe/Berlin')).toBe(true);
    expect(isFirstOfDay([night], 'UTC')).toBe(false);
  });
});
