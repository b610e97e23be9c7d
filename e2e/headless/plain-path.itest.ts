import { describe, expect, it } from 'vitest';
import { lastRecord } from '../harness/command-line.ts';
import { newPlace, type Place } from '../harness/place.ts';

const snapshots = async (place: Place): Promise<number> =>
  (await place.run('snapshots')).records.filter(({ type }) => type === 'snapshot').length;

describe('a path that is not registered', () => {
  it('is backed up again and again, and no snapshot goes: nobody said what may', async () => {
    using place = newPlace();
    const source = place.folder('papers', { 'a.txt': 'one' });
    expect((await place.run('init')).code).toBe(0);
    for (let count = 1; count <= 5; count++) {
      expect((await place.run('backup', source)).code).toBe(0);
      expect(await snapshots(place)).toBe(count);
    }
  });

  it('takes nothing from a registration elsewhere that keeps everything', async () => {
    using place = newPlace();
    const source = place.folder('papers', { 'a.txt': 'one' });
    await place.run('init');
    await place.run('sources', 'add', source, '--keep-all');
    for (let count = 0; count < 3; count++) expect((await place.run('backup', 'papers')).code).toBe(0);
    // Another account does not see that registration; the snapshots it makes belong to the same source.
    using other = newPlace(place.repo);
    expect(lastRecord(await other.run('backup', source), 'result')).toMatchObject({ outcome: 'done' });
    expect(await snapshots(place)).toBe(4);
  });
});
