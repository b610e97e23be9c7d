import { describe, expect, it } from 'vitest';
import type { SourceId } from '../../../shared/domain/ids.ts';
import { filesystemSpec } from '../../../shared/domain/source.ts';
import { repositoryId, runId, snapshotId, sources } from '../testing/world-data.ts';
import type { DrawnSnapshot } from './catalog-port.ts';
import { composeTimeline, mergeBands } from './timeline.ts';

const now = 1_000;

function never(): never {
  throw new Error('there are sources');
}

function drawn(
  n: number,
  more: Partial<DrawnSnapshot> = {},
  kind: 'backup' | 'safety' | 'foreign' = 'backup',
): DrawnSnapshot {
  const nothing = { askedAt: null, level: null, stallMs: null, frozenAt: null, thawedAt: null };
  const counts = { files: null, bytes: null, newBytes: null, pinned: false, verified: false };
  const mark = { id: snapshotId(n), repositoryId, runId: runId(n), time: n, method: 'live' as const, kind };
  return {
    mark: { ...mark, ...nothing, ...counts },
    sourceId: sources[0]?.id ?? null,
    sourceName: 'Photos',
    hostname: 'desk',
    paths: ['/home/user/Photos'],
    filesystem: 'ext4',
    staticBand: null,
    ...more,
  };
}

const lanes = (...snapshots: DrawnSnapshot[]) => composeTimeline(sources, snapshots, [], now).lanes;

describe('composeTimeline', () => {
  it('has a lane for each source, in their order, empty ones too', () => {
    expect(lanes(drawn(1)).map(({ name, detail, snapshots }) => [name, detail, snapshots.length])).toEqual([
      ['Photos', 'ext4 · copied live', 1],
      ['Documents', '/home/user/Documents', 0],
    ]);
  });

  it('has further lanes for what is not protected here, by name', () => {
    const foreign = { sourceId: null, sourceName: '', hostname: 'laptop', paths: ['/etc', '/srv'] };
    const former = { sourceId: 'former-1' as SourceId, sourceName: 'Former' };
    const others = lanes(drawn(1, foreign, 'foreign'), drawn(2, foreign, 'foreign'), drawn(3, former)).slice(2);
    expect(others).toMatchObject([
      {
        key: 'other:laptop:/etc:/srv',
        sourceId: null,
        name: '/etc, /srv',
        detail: 'restic on laptop',
        kind: 'foreign',
      },
      { key: 'former-1', sourceId: null, name: 'Former', detail: 'not protected here · desk' },
    ]);
    expect(others[0]?.snapshots).toHaveLength(2);
  });

  it('draws when a source was seen to be quiet beside what snapshots show of it, never past now', () => {
    const own = drawn(1, { staticBand: { from: 300, to: 500 } });
    const quiet = [
      { from: 100, to: 200 },
      { from: 400, to: 700 },
      { from: 900, to: 1_500 },
    ];
    const quietOf = ({ id }: { id: SourceId }) => (id === sources[0]?.id ? quiet : []);
    const [first, second] = composeTimeline(sources, [own], [], now, undefined, quietOf).lanes;
    expect(first?.staticBands).toEqual([
      { from: 100, to: 200 },
      { from: 300, to: 700 },
      { from: 900, to: now },
    ]);
    expect(second?.staticBands).toEqual([]);
  });

  it('draws a safety snapshot with the source whose folder it was taken in', () => {
    const safety = (path: string) => drawn(2, { sourceId: null, paths: [path] }, 'safety');
    expect(lanes(safety('/home/user/Photos/2024'))[0]?.snapshots).toHaveLength(1);
    expect(lanes(safety('/home/user/Photos-old'))[0]?.snapshots).toHaveLength(0);
    expect(lanes(safety('/elsewhere'))).toHaveLength(3);
  });

  describe('of a source of several places', () => {
    const id = 'ledger-1' as SourceId;
    const member = (path: string) => filesystemSpec(path);
    const ledger = {
      ...(sources[0] ?? never()),
      ...{ id, name: 'Ledger', spec: { kind: 'group' as const, members: [member('/srv/db'), member('/var/log/db')] } },
    };
    const laneOf = (...snapshots: DrawnSnapshot[]) =>
      composeTimeline([...sources, ledger], snapshots, [], now).lanes.find(({ key }) => key === id);
    const both = { sourceId: id, paths: ['/srv/db', '/var/log/db'] };

    it('has one entry for each snapshot, and says how many places there are', () => {
      expect(laneOf()).toMatchObject({ detail: '2 places · /srv/db, /var/log/db', kind: 'group', snapshots: [] });
      expect(laneOf(drawn(1, both), drawn(2, both))).toMatchObject({ detail: '2 places · ext4 · copied live' });
      expect(laneOf(drawn(1, both), drawn(2, both))?.snapshots).toHaveLength(2);
    });

    it('draws what was saved before a restore into any of them', () => {
      const safety = (...paths: string[]) => drawn(2, { sourceId: null, paths }, 'safety');
      expect(laneOf(safety('/var/log/db/today'))?.snapshots).toHaveLength(1);
      expect(laneOf(safety('/var/log/db/today', '/srv/db'))?.snapshots).toHaveLength(1);
      expect(laneOf(safety('/var/log/db/today', '/srv'))?.snapshots).toEqual([]);
      expect(laneOf(safety('/srv/dbx'))?.snapshots).toEqual([]);
    });

    it('leaves a place within another source to the source that is nearer', () => {
      const whole = { ...ledger, id: 'root-1' as SourceId, spec: member('/') };
      const safety = drawn(2, { sourceId: null, paths: ['/srv/db/x'] }, 'safety');
      const counts = composeTimeline([whole, ledger], [safety], [], now).lanes.map(({ snapshots }) => snapshots.length);
      expect(counts).toEqual([0, 1]);
      const elsewhere = drawn(2, { sourceId: null, paths: ['/opt'] }, 'safety');
      expect(composeTimeline([whole, ledger], [elsewhere], [], now).lanes[0]?.snapshots).toHaveLength(1);
    });

    it('is told apart where it is not protected here', () => {
      const former = drawn(1, { ...both, sourceId: 'former-2' as SourceId, sourceName: 'Former' });
      expect(lanes(former).at(-1)).toMatchObject({ key: 'former-2', kind: 'group' });
    });
  });

  it('puts failures on the lane of their source', () => {
    const failure = { runId: runId(9), at: 5, outcome: 'failed', text: 'No.' } as const;
    const sourceId = sources[1]?.id ?? null;
    const timeline = composeTimeline(sources, [], [{ ...failure, sourceId }], now);
    expect(timeline.lanes.map(({ failures }) => failures)).toEqual([[], [failure]]);
  });
});

describe('mergeBands', () => {
  it('joins looks that overlap, keeps gaps, and never reaches past now', () => {
    const bands = [
      { from: 50, to: 60 },
      { from: 10, to: 20 },
      { from: 15, to: 30 },
      { from: 900, to: 2_000 },
      { from: 1_500, to: 1_600 },
    ];
    expect(mergeBands(bands, now)).toEqual([
      { from: 10, to: 30 },
      { from: 50, to: 60 },
      { from: 900, to: 1_000 },
    ]);
  });
});
