import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lastRecord } from '../harness/command-line.ts';
import { newPlace, type Place } from '../harness/place.ts';
import { restic } from './restic.ts';

/** A place with two snapshots. */
async function backedUp(): Promise<Place> {
  const place = newPlace();
  const source = place.folder('papers', { 'a.txt': 'one', 'b/large': Buffer.alloc(300_000, 'not so random ') });
  expect((await place.run('init')).code).toBe(0);
  expect((await place.run('backup', source)).code).toBe(0);
  writeFileSync(join(source, 'c.txt'), 'two');
  expect((await place.run('backup', source)).code).toBe(0);
  return place;
}

/** Every pack of data is changed in one bit of its first blob. */
function damagePacks(place: Place): void {
  const data = join(place.repo, 'data');
  for (const folder of readdirSync(data))
    for (const pack of readdirSync(join(data, folder))) {
      const path = join(data, folder, pack);
      const bytes = readFileSync(path);
      bytes[30] = (bytes[30] ?? 0) ^ 1;
      rmSync(path);
      writeFileSync(path, bytes);
    }
}

describe('a repository by itself', () => {
  it('is measured: what it holds, and what each snapshot adds', async () => {
    using place = await backedUp();
    const result = await place.run('stats', '--snapshots');
    expect(result.code).toBe(0);
    const snapshots = result.records.filter(({ type }) => type === 'snapshot') as { newBytes: number }[];
    expect(snapshots).toHaveLength(2);
    const total = lastRecord(result, 'statistics');
    expect(total).toMatchObject({ snapshotsTotal: 2, unreadableSnapshots: 0, unlistedBytes: 0 });
    expect(total.storedBytes).toBe(snapshots.reduce((sum, { newBytes }) => sum + newBytes, 0));
  });

  it('is copied into another one, which restic reads; the second time there is nothing to do', async () => {
    using place = await backedUp();
    using other = newPlace();
    expect((await other.run('init')).code).toBe(0);
    const first = await other.run('copy', '--from', place.repo);
    expect({ code: first.code, result: lastRecord(first, 'result') }).toMatchObject({ code: 0, result: { files: 2 } });
    expect((await restic(other, 'check', '--read-data')).text).toContain('no errors were found');
    const again = await other.run('copy', '--from', place.repo);
    expect({ code: again.code, result: lastRecord(again, 'result') }).toMatchObject({ code: 0, result: { files: 0 } });
    expect((await other.run('copy', '--from', other.repo)).code).toBe(2);
    expect((await other.run('copy')).code).toBe(2);
    expect((await other.run('copy', 'ffffffff', '--from', place.repo)).code).toBe(1);
  });

  it('gets an index again, and says on a dry run that it needs one', async () => {
    using place = await backedUp();
    rmSync(join(place.repo, 'index'), { recursive: true });
    mkdirSync(join(place.repo, 'index'));
    const dry = await place.run('repair', 'index', '--dry-run');
    expect({ code: dry.code, index: lastRecord(dry, 'index') }).toMatchObject({ code: 3, index: { isNeeded: true } });
    expect(readdirSync(join(place.repo, 'index'))).toEqual([]);
    const done = await place.run('repair', 'index', '--read-all');
    expect({ code: done.code, index: lastRecord(done, 'index') }).toMatchObject({ code: 0, index: { isDone: true } });
    expect((await restic(place, 'check', '--read-data')).text).toContain('no errors were found');
    expect((await place.run('repair', 'index')).code).toBe(0);
  });

  it('is mended as far as it can be: packs, then snapshots, and restic finds nothing wrong afterwards', async () => {
    using place = await backedUp();
    damagePacks(place);
    expect((await place.run('check', '--read-data')).code).toBe(1);
    const packs = await place.run('repair', 'packs');
    expect({ code: packs.code, packs: lastRecord(packs, 'packs') }).toMatchObject({ code: 3, packs: { isDone: true } });
    const dry = await place.run('repair', 'snapshots', '--dry-run');
    expect(dry.code).toBe(3);
    const said = dry.records.filter(({ type }) => type === 'snapshot').map(({ id }) => id);
    expect(said.length).toBeGreaterThan(0);
    const done = await place.run('repair', 'snapshots', '--forget');
    expect(done.records.filter(({ type }) => type === 'snapshot').map(({ id }) => id)).toEqual(said);
    expect((await restic(place, 'check', '--read-data')).text).toContain('no errors were found');
    expect((await place.run('repair', 'packs', 'no-id')).code).toBe(2);
  });

  it('is not opened for any of it with another password', async () => {
    using place = await backedUp();
    writeFileSync(place.passwordFile, 'wrong\n');
    for (const command of [['stats'], ['repair', 'index'], ['copy', '--from', place.repo]])
      expect((await place.run(...command)).code).toBe(1);
  });

  it('gets no files that are larger than was said', async () => {
    using place = newPlace();
    const source = place.folder('papers', { small: 'small', large: 'x'.repeat(5_000) });
    await place.run('init');
    expect((await place.run('backup', source, '--exclude-larger-than', '4K')).code).toBe(0);
    const { text } = await restic(place, 'ls', 'latest');
    expect(text).toMatch(/\/small$/m);
    expect(text).not.toMatch(/\/large$/m);
    expect((await place.run('backup', source, '--exclude-larger-than', 'much')).code).toBe(2);
  });
});
