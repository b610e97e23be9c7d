import { describe, expect, it } from 'vitest';
import { runIdOf } from '../../../testing/model/ids.ts';
import { buildScene } from '../../../testing/model/scenes.ts';
import type { RunSpan } from '../draw/scene.ts';
import { indexLane, snapshotAt } from '../layout/lane-index.ts';
import { endOf, startOf, viewportOf } from '../time/viewport.ts';
import { candidateRun, fillsView } from './choose-run.ts';
import { extentOf, limitsFor, presetOf, presets, presetView } from './limits.ts';
import { firstItem, itemOf, lastItem, nearestItem, stepItem } from './step.ts';

const now = new Date(2026, 10, 20, 9, 41).getTime();
const lanes = buildScene('normal', now).lanes.map(indexLane);
const documents = lanes[0];
if (documents === undefined) throw new Error('the scene has no lanes');

describe('presets', () => {
  const extent = extentOf(lanes);

  it('show now and what is planned next', () => {
    for (const preset of presets) {
      const view = presetView(preset, extent, now);
      expect(startOf(view)).toBeLessThan(now);
      expect(endOf(view)).toBeGreaterThan(now);
      if (preset !== 'all') expect(presetOf(view)).toBe(preset);
    }
  });

  it('show everything there is', () => {
    const view = presetView('all', extent, now);
    for (const { times } of lanes) expect(times[0]).toBeGreaterThan(startOf(view));
  });

  it('work where there is nothing yet', () => {
    expect(extentOf([])).toBeNull();
    const limits = limitsFor(null, now);
    expect(limits.latest - limits.earliest).toBeGreaterThan(10 * 365 * 86_400_000);
    expect(presetView('all', null, now).span).toBeGreaterThan(0);
  });
});

describe('stepping', () => {
  it('goes from snapshot to snapshot and skips runs without one', () => {
    const seen: number[] = [];
    for (let at = firstItem(documents); at >= 0; at = stepItem(documents, at, 1)) seen.push(at);
    expect(seen.length).toBe(documents.lane.snapshots.length);
    expect(seen.length).toBeLessThan(documents.times.length);
    expect(seen.at(-1)).toBe(lastItem(documents));
  });

  it('finds the snapshot nearest to a missed run', () => {
    const missed = documents.lane.failures[0];
    if (missed === undefined) throw new Error('the scene has no missed run');
    const at = nearestItem(documents, missed.at);
    expect(snapshotAt(documents, at)).toBeDefined();
  });

  it('finds a snapshot by its id, with or without its time', () => {
    const last = documents.lane.snapshots.at(-1);
    if (last === undefined) throw new Error('the scene has no snapshots');
    expect(snapshotAt(documents, itemOf(documents, last.id, last.time))?.id).toBe(last.id);
    expect(snapshotAt(documents, itemOf(documents, last.id, null))?.id).toBe(last.id);
    expect(itemOf(documents, 'gone', null)).toBe(-1);
  });
});

describe('which run unfolds', () => {
  const item = lastItem(documents);
  const snapshot = snapshotAt(documents, item);
  if (snapshot === undefined || snapshot.runId === null) throw new Error('the scene has no run');
  const around = viewportOf(snapshot.time - 5_000, snapshot.time + 5_000);

  it('is the one in the middle of the view', () => {
    expect(candidateRun(lanes, around, { lane: -1, item: -1 })).toEqual({ lane: 0, runId: snapshot.runId });
  });

  it('is none while a day is on the screen', () => {
    expect(candidateRun(lanes, viewportOf(now - 86_400_000, now), { lane: 0, item })).toBeNull();
  });

  it('unfolds once it fills enough of the view', () => {
    const run: RunSpan = { runId: runIdOf('x'), from: snapshot.time - 3_400, to: snapshot.time + 2_300, phases: [] };
    expect(fillsView(run, around, now)).toBe(true);
    expect(fillsView(run, viewportOf(snapshot.time - 60_000, snapshot.time + 60_000), now)).toBe(false);
    expect(fillsView(run, viewportOf(snapshot.time, snapshot.time + 12), now)).toBe(true);
  });
});
