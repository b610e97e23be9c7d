import { describe, expect, it } from 'vitest';
import type { Lane } from '../../../../shared/ipc/timeline.ts';
import { laneOf } from '../../../testing/model/build.ts';
import { runIdOf } from '../../../testing/model/ids.ts';
import { markOf } from '../../../testing/model/marks.ts';
import { plans } from '../../../testing/model/plans.ts';
import { seeded } from '../../../testing/model/random.ts';
import { viewportOf } from '../time/viewport.ts';
import { cluster, quantizeZoom } from './cluster.ts';
import { ClusterCache } from './cluster-cache.ts';
import { firstBandAfter, lowerBound, nearest } from './cull.ts';
import { clusterAt } from './hit.ts';
import { itemKinds, rankOf } from './item-kind.ts';
import { failureAt, indexLane, missedAt, snapshotAt } from './lane-index.ts';
import { pickInstant } from './log-pick.ts';
import { compactHeight, layoutRows, rowAt } from './rows.ts';
import { stallHeight } from './stall-height.ts';

const widths = { single: 14, cluster: 40, gap: 2 };
const start = Date.UTC(2026, 0, 1);

function laneWith(times: readonly number[], failures: Lane['failures'] = []): Lane {
  return {
    ...laneOf(
      plans.documents,
      times.map((time) => ({ ...markOf(plans.documents, time), time })),
    ),
    failures,
  };
}

describe('lowerBound and nearest', () => {
  it('agree with a plain search', () => {
    const random = seeded('bounds');
    const sorted = Float64Array.from({ length: 200 }, () => random.between(0, 100)).sort();
    for (let step = 0; step < 500; step += 1) {
      const value = random.between(-5, 105);
      const plain = sorted.findIndex((element) => element >= value);
      expect(lowerBound(sorted, value)).toBe(plain < 0 ? sorted.length : plain);
      const best = Math.min(...Array.from(sorted, (element) => Math.abs(element - value)));
      expect(Math.abs((sorted[nearest(sorted, value)] ?? 0) - value)).toBe(best);
    }
  });

  it('know an empty array', () => {
    expect(lowerBound([], 3)).toBe(0);
    expect(nearest([], 3)).toBe(-1);
  });

  it('skip bands that ended', () => {
    const bands = [{ to: 10 }, { to: 20 }, { to: 30 }];
    expect(firstBandAfter(bands, 0)).toBe(0);
    expect(firstBandAfter(bands, 20)).toBe(2);
    expect(firstBandAfter(bands, 31)).toBe(3);
  });
});

describe('runs that were not made', () => {
  const hour = 3_600_000;
  const lane: Lane = {
    ...laneWith([start, start + 10 * hour]),
    missed: [
      { from: start + 2 * hour, to: start + 4 * hour, runs: 3, because: 'not-running', text: 'computer off' },
      { from: start + 6 * hour, to: start + 6 * hour, runs: 1, because: 'metered', text: 'metered network' },
    ],
  };
  const index = indexLane(lane);

  it('stand in the middle of their stretch, among snapshots, as missed', () => {
    expect(Array.from(index.times, (time) => (time - start) / hour)).toEqual([0, 3, 6, 10]);
    expect(index.ranks[1]).toBe(rankOf('missed'));
    expect(missedAt(index, 1)?.text).toBe('computer off');
    expect(missedAt(index, 0)).toBeUndefined();
    expect(failureAt(index, 1)).toBeUndefined();
  });

  it('count each by itself, alone and with what is beside them', () => {
    const alone = cluster(index, hour / 60, widths);
    expect(Array.from(alone.runs)).toEqual([1, 3, 1, 1]);
    const together = cluster(index, hour, widths);
    expect(Array.from(together.runs)).toEqual([6]);
    expect(together.worst[0]).toBe(rankOf('missed'));
  });
});

describe('indexLane', () => {
  it('merges snapshots and failures by time', () => {
    const at = start + 1500;
    const index = indexLane(
      laneWith([start, start + 1000, start + 2000], [{ runId: runIdOf('x'), at, outcome: 'failed', text: 'no' }]),
    );
    expect([...index.times]).toEqual([start, start + 1000, at, start + 2000]);
    expect(failureAt(index, 2)?.text).toBe('no');
    expect(snapshotAt(index, 2)).toBeUndefined();
    expect(snapshotAt(index, 3)?.time).toBe(start + 2000);
    expect(itemKinds[index.ranks[2] ?? -1]).toBe('failed');
  });
});

describe('cluster', () => {
  const random = seeded('cluster');
  const times = Array.from({ length: 2_000 }, () => start + random.next() ** 3 * 3e10).sort((a, b) => a - b);
  const index = indexLane(laneWith(times));

  it.each([1, 1_000, 60_000, 3_600_000, 86_400_000, 1e9])(
    'covers every item once and overlaps nothing at %d ms a pixel',
    (zoom) => {
      const made = cluster(index, zoom, widths);
      let next = 0;
      for (let at = 0; at < made.count; at += 1) {
        expect(made.first[at]).toBe(next);
        next = (made.last[at] ?? 0) + 1;
        if (at === 0) continue;
        const wide = (which: number): number =>
          made.first[which] === made.last[which] ? widths.single : widths.cluster;
        const distance = ((made.center[at] ?? 0) - (made.center[at - 1] ?? 0)) / zoom;
        expect(distance).toBeGreaterThanOrEqual((wide(at) + wide(at - 1)) / 2 + widths.gap);
      }
      expect(next).toBe(times.length);
    },
  );

  it('knows its worst member, what most of it is, and its longest pause', () => {
    const marks = [start, start + 10, start + 20].map((time) => ({ ...markOf(plans.documents, time), time }));
    const lane = laneOf(plans.documents, [
      { ...marks[0], stallMs: 4 },
      { ...marks[1], level: 'torn', stallMs: null },
      { ...marks[2], stallMs: 90 },
    ] as Lane['snapshots']);
    const made = cluster(indexLane(lane), 1000, widths);
    expect(made.count).toBe(1);
    expect(made.worst[0]).toBe(rankOf('torn'));
    expect(made.common[0]).toBe(rankOf('filesystem'));
    expect(made.stall[0]).toBe(90);
  });

  it('changes only the end when a snapshot joins', () => {
    const before = cluster(index, 3_600_000, widths);
    const after = cluster(indexLane(laneWith([...times, start + 3e10 + 1])), 3_600_000, widths);
    const same = Math.min(before.count, after.count) - 3;
    expect([...after.first.slice(0, same)]).toEqual([...before.first.slice(0, same)]);
  });

  it('splits into single marks when zoomed in', () => {
    expect(cluster(index, 0.001, widths).count).toBe(times.length);
  });
});

describe('ClusterCache', () => {
  it('makes clusters once for zooms that look the same', () => {
    const cache = new ClusterCache();
    const index = indexLane(laneWith([start, start + 5]));
    expect(cache.get(index, 1000, widths)).toBe(cache.get(index, 1010, widths));
    expect(cache.get(index, 1000, widths)).not.toBe(cache.get(index, 4000, widths));
    expect(cache.get(index, 1000, widths)).not.toBe(cache.get(index, 1000, { ...widths, single: 10 }));
  });

  it('never groups more finely than asked', () => {
    for (let zoom = 0.001; zoom < 1e9; zoom *= 1.37)
      expect(quantizeZoom(zoom)).toBeGreaterThanOrEqual(zoom * 0.999_999);
  });
});

describe('pickInstant', () => {
  const lane = {
    ...laneWith([start + 1000, start + 5000]),
    logBands: [
      { from: start + 1000, to: start + 3000 },
      { from: start + 4000, to: start + 9000 },
    ],
  };
  const index = indexLane(lane);

  it('takes the newest snapshot before the instant', () => {
    expect(pickInstant(index, start + 2000)?.base.time).toBe(start + 1000);
    expect(pickInstant(index, start + 4500)?.base.time).toBe(start + 1000);
    expect(pickInstant(index, start + 8000)?.base.time).toBe(start + 5000);
  });

  it('finds nothing in a gap, after the end, or before the first snapshot', () => {
    expect(pickInstant(index, start + 3500)).toBeNull();
    expect(pickInstant(index, start + 9500)).toBeNull();
    expect(pickInstant(index, start + 1000)).toBeNull();
  });
});

describe('clusterAt', () => {
  it('finds what is under the pointer and nothing out of reach', () => {
    const index = indexLane(laneWith([start + 100, start + 900]));
    const view = viewportOf(start, start + 1000);
    const made = cluster(index, 1, widths);
    expect(clusterAt(made, view, 1000, 104, 8)).toBe(0);
    expect(clusterAt(made, view, 1000, 893, 8)).toBe(1);
    expect(clusterAt(made, view, 1000, 500, 8)).toBe(-1);
  });
});

describe('layoutRows', () => {
  it('shares the room among few lanes and is compact above six', () => {
    expect(layoutRows(5, 360, null).rows.map(({ height }) => height)).toEqual([72, 72, 72, 72, 72]);
    expect(layoutRows(6, 2000, null).compact).toBe(false);
    const many = layoutRows(7, 2000, null);
    expect(many.compact).toBe(true);
    expect(many.total).toBe(7 * compactHeight);
  });

  it('makes room for the phases of one lane', () => {
    const plain = layoutRows(3, 225, null);
    const open = layoutRows(3, 225 + 200, { lane: 1, phases: 10 });
    expect(open.natural - plain.natural).toBe(200);
    expect(open.rows[0]).toEqual(plain.rows[0]);
    expect(open.rows[1]?.height).toBeGreaterThan(190);
    expect(open.rows[2]?.height).toBe(plain.rows[2]?.height);
    expect(open.total).toBe((open.rows[2]?.top ?? 0) + (open.rows[2]?.height ?? 0));
  });

  it('finds the row at a height', () => {
    const rows = layoutRows(3, 225, { lane: 0, phases: 4 });
    for (const [at, row] of rows.rows.entries()) {
      expect(rowAt(rows, row.top)).toBe(at);
      expect(rowAt(rows, row.top + row.height - 1)).toBe(at);
    }
    expect(rowAt(rows, -1)).toBe(-1);
    expect(rowAt(rows, rows.total)).toBe(-1);
  });
});

describe('stallHeight', () => {
  it('grows with the logarithm between 1 ms and 10 s', () => {
    expect(stallHeight(0.2, 2, 18)).toBe(2);
    expect(stallHeight(1, 2, 18)).toBe(2);
    expect(stallHeight(100, 2, 18)).toBeCloseTo(10, 5);
    expect(stallHeight(10_000, 2, 18)).toBe(18);
    expect(stallHeight(60_000, 2, 18)).toBe(18);
  });
});
