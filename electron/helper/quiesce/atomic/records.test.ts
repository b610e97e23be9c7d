import { appendFileSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratchFolder } from '../testing/scratch-folder.ts';
import type { AtomicDriver } from './driver.ts';
import { removeLeftoversOf } from './leftovers.ts';
import { newMark, SnapshotRecords, timeOfMark } from './records.ts';

const abandonedIn = (folder: string) =>
  [...new SnapshotRecords(folder).abandoned()].map((record) => {
    using held = record;
    return { mark: held.mark, method: held.method, place: held.place };
  });

/** A process that ended: its lock is gone with it. */
function leave(folder: string, place: Readonly<Record<string, string>>, more: Readonly<Record<string, string>> = {}) {
  const mark = newMark();
  using record = new SnapshotRecords(folder).begin('btrfs-snapshot', mark, place);
  record.note(more);
  return mark;
}

function driver(remove: AtomicDriver['remove']): AtomicDriver {
  const unused = (): never => {
    throw new Error('only removal is asked for');
  };
  return {
    ...{ method: 'btrfs-snapshot', kind: 'btrfs', oraclesPassed: false, expectedStallMs: 0 },
    ...{ holdsWriters: false },
    ...{ obstacles: unused, limits: unused, plan: unused, take: unused, remove },
  };
}

describe('records of snapshots', () => {
  it('tell of one that nobody holds any more, with all that was noted', () => {
    using folder = scratchFolder('records');
    const mark = leave(folder.path, { volume: 'a' }, { uuid: 'b' });
    expect(abandonedIn(folder.path)).toEqual([{ mark, method: 'btrfs-snapshot', place: { volume: 'a', uuid: 'b' } }]);
  });

  it('do not tell of one that is held, be it by this very process', () => {
    using folder = scratchFolder('records');
    using record = new SnapshotRecords(folder.path).begin('btrfs-snapshot', newMark(), {});
    expect(abandonedIn(folder.path)).toEqual([]);
    record.forget();
    expect(readdirSync(folder.path)).toEqual([]);
  });

  it('keep what was written whole when a crash cut the last line', () => {
    using folder = scratchFolder('records');
    const mark = leave(folder.path, { volume: 'a' }, { uuid: 'b' });
    appendFileSync(join(folder.path, `${mark}.json`), '{"uuid":"c');
    expect(abandonedIn(folder.path)[0]?.place).toEqual({ volume: 'a', uuid: 'b' });
  });

  it('are not anything else that lies there, and that is left alone', () => {
    using folder = scratchFolder('records');
    const mark = leave(folder.path, {});
    const path = join(folder.path, `${mark}.json`);
    const text = readFileSync(path, 'utf8');
    // Under another name than its own, of another form, of another version.
    renameSync(path, join(folder.path, `${newMark()}.json`));
    writeFileSync(join(folder.path, 'settings.json'), '{}');
    writeFileSync(join(folder.path, `${mark}.json`), text.replace('"version":1', '"version":2'));
    expect(abandonedIn(folder.path)).toEqual([]);
    expect(readdirSync(folder.path)).toHaveLength(3);
  });

  it('may lie in a folder that is not there yet', () => {
    using folder = scratchFolder('records');
    const inner = join(folder.path, 'state', 'snapshots');
    expect(abandonedIn(inner)).toEqual([]);
    leave(inner, {});
    expect(abandonedIn(inner)).toHaveLength(1);
  });
});

describe('what a crash has left', () => {
  it('is forgotten when it is gone, kept where it cannot be reached or removed, and never stops a start', async () => {
    using folder = scratchFolder('records');
    const marks = Object.fromEntries(
      (['removed', 'gone', 'absent', 'broken'] as const).map((what) => [what, leave(folder.path, { what })]),
    );
    const report = await removeLeftoversOf(
      [
        driver(async ({ place }) => {
          if (place.what === 'broken') throw new Error('Permission denied');
          return place.what as 'removed';
        }),
      ],
      folder.path,
      () => Date.now() + 3_600_000,
    );
    expect(report.removed).toEqual([marks.removed]);
    expect([...report.kept].sort((a, b) => a.reason.localeCompare(b.reason))).toEqual([
      { mark: marks.broken, reason: 'Permission denied' },
      { mark: marks.absent, reason: 'What it was made on is not there now.' },
    ]);
    expect(
      abandonedIn(folder.path)
        .map(({ place }) => place.what)
        .sort(),
    ).toEqual(['absent', 'broken']);
  });

  it('is not forgotten while a program that outlived us may still be making it', async () => {
    using folder = scratchFolder('records');
    const [begun, made] = [leave(folder.path, {}), leave(folder.path, {}, { state: 'made' })];
    const gone = driver(async () => 'gone');
    expect(await removeLeftoversOf([gone], folder.path)).toEqual({
      removed: [],
      kept: [{ mark: begun, reason: 'It is not there, and may still be being made.' }],
    });
    expect(abandonedIn(folder.path).map(({ mark }) => mark)).toEqual([begun]);
    expect(made).not.toBe(begun);
    await removeLeftoversOf([gone], folder.path, () => Date.now() + 3_600_000);
    expect(abandonedIn(folder.path)).toEqual([]);
  });

  it('is found by name: time and sixteen random digits', () => {
    expect(newMark(new Date(Date.UTC(2026, 0, 31, 23, 59, 58)))).toMatch(/^stillpoint-20260131235958-[0-9a-f]{16}$/);
    expect(newMark()).not.toBe(newMark());
    const when = Date.UTC(2026, 0, 31, 23, 59, 58);
    expect(timeOfMark(newMark(new Date(when)))).toBe(when);
  });
});
