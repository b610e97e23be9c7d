import { describe, expect, it } from 'vitest';
import { buildScene } from '../../testing/model/scenes.ts';
import type { World } from '../../testing/model/world.ts';
import { attentionOf } from './attention.ts';
import { summarize } from './summarize.ts';

const now = new Date(2026, 10, 20, 9, 41).getTime();
const world = buildScene('normal', now);

function summaryOf(scene: World): ReturnType<typeof summarize> {
  return summarize(scene.sources, scene.lanes, scene.repositories, now);
}

function attention(scene: World): ReturnType<typeof attentionOf> {
  return attentionOf(scene.sources, scene.lanes, scene.repositories, scene.runs, now);
}

describe('summarize', () => {
  it('counts who is safe and names who is not', () => {
    const summary = summaryOf(world);
    expect(summary.total).toBe(5);
    expect(summary.safe).toBe(4);
    expect(summary.troubled.map(({ name }) => name)).toEqual(['Photos']);
    expect(summary.next).toBe(new Date(2026, 10, 20, 10).getTime());
  });

  it('does not count a source without a good snapshot as safe while its first backup runs', () => {
    const sources = world.sources.map((source) => ({ ...source, health: 'running' as const, lastGood: null }));
    expect(summarize(sources, world.lanes, world.repositories, now).safe).toBe(0);
  });

  it('tells of the repository that is in trouble first', () => {
    const [repository] = world.repositories;
    if (repository === undefined) throw new Error('the scene has no repository');
    const away = { ...repository, name: 'Old disk', state: 'waiting' as const };
    expect(summarize(world.sources, world.lanes, [repository, away], now).repository?.name).toBe('Old disk');
  });

  it('counts who waits as safe until it is late, and promises no run while all of them wait', () => {
    const waiting = world.sources.map((source) => ({
      ...source,
      ...{ health: 'waiting' as const, healthText: 'Waiting for Backups', safeMeanwhile: true as const },
    }));
    const summary = summarize(waiting, world.lanes, world.repositories, now);
    expect(summary).toMatchObject({ safe: 5, total: 5, troubled: [], waitsFor: ['Waiting for Backups'], next: null });
    const [one, ...others] = waiting;
    if (one === undefined) throw new Error('the scene has no source');
    const { safeMeanwhile: _, ...unsafe } = one;
    const mixed = summarize([unsafe, ...others], world.lanes, world.repositories, now);
    // The first in trouble says already what it waits for.
    expect(mixed).toMatchObject({ safe: 4, troubled: [{ name: one.name }], waitsFor: [] });
  });

  it('says what holds back all that is planned, and of one among others only that the others go on', () => {
    const heldBack = 'Waiting for mains power';
    const held = world.sources.map((source) => ({ ...source, health: 'safe' as const, heldBack }));
    const of = (sources: typeof held): ReturnType<typeof summarize> =>
      summarize(sources, world.lanes, world.repositories, now);
    expect(of(held)).toMatchObject({ safe: 5, waitsFor: [heldBack], next: null });
    const free = held.map((source, n) => (n === 0 ? { ...source, heldBack: '', nextRunAt: now + 60_000 } : source));
    expect(of(free)).toMatchObject({ waitsFor: [], next: now + 60_000 });
  });

  it('has nothing to say about nothing', () => {
    expect(summaryOf(buildScene('empty', now))).toMatchObject({ total: 0, safe: 0, troubled: [], next: null });
  });
});

describe('attentionOf', () => {
  it('counts how often in a row files changed', () => {
    const torn = attention(world).find(({ kind }) => kind === 'torn');
    const marks = world.lanes.find(({ name }) => name === 'Photos')?.snapshots ?? [];
    const expected = marks.length - 1 - marks.findLastIndex(({ level }) => level !== 'torn');
    expect(torn).toMatchObject({ name: 'Photos', times: expected });
    expect(expected).toBeGreaterThan(2);
  });

  it('is silent about a missed run that a later backup made good', () => {
    expect(attention(world).some(({ kind }) => kind === 'missed')).toBe(false);
  });

  it('names a failure with no success after it, and a disk that is away', () => {
    const kinds = attention(buildScene('errors', now)).map(({ kind }) => kind);
    expect(kinds).toContain('failed');
    expect(kinds).toContain('absent');
    expect(kinds[0]).toBe('failed');
  });

  it('says that a snapshot is weaker than asked', () => {
    const lanes = world.lanes.map((lane) => ({
      ...lane,
      snapshots: lane.snapshots.map((mark) => ({ ...mark, level: 'per-file' as const })),
    }));
    const kinds = attentionOf(world.sources, lanes, world.repositories, world.runs, now).map(({ kind }) => kind);
    expect(kinds).toContain('weaker');
  });

  it('warns of little room only when there is little', () => {
    const [repository] = world.repositories;
    if (repository === undefined) throw new Error('the scene has no repository');
    const kinds = (freeBytes: number): string[] =>
      attentionOf([], [], [{ ...repository, freeBytes }], [], now).map(({ kind }) => kind);
    expect(kinds(1024 ** 3)).toEqual(['lowSpace']);
    expect(kinds(100 * 1024 ** 3)).toEqual([]);
  });

  it('says once what several late sources wait for, before all else, and not again of the disk itself', () => {
    const scene = buildScene('late', now);
    const [first, ...rest] = attention(scene);
    const others = ['shop-db', 'win-build', 'web-01', 'Photos'];
    expect(first).toMatchObject({ kind: 'late', severe: true, name: 'Documents', others });
    expect(first).toMatchObject({ repository: { name: 'Backup disk' } });
    expect(rest.map(({ kind }) => kind)).not.toContain('late');
    expect(rest.map(({ kind }) => kind)).not.toContain('absent');
  });

  it('keeps apart who is late for different reasons', () => {
    const scene = buildScene('late', now);
    const repositories = scene.repositories.map((repository) => ({ ...repository, state: 'ready' as const }));
    const items = attentionOf(scene.sources, scene.lanes, repositories, scene.runs, now);
    expect(items.filter(({ kind }) => kind === 'late')).toHaveLength(5);
    const [one, ...others] = scene.sources;
    if (one === undefined) throw new Error('the scene has no source');
    const apart = [{ ...one, heldBack: 'Scheduled backups are paused' }, ...others];
    const late = attentionOf(apart, scene.lanes, scene.repositories, scene.runs, now).filter(
      ({ kind }) => kind === 'late',
    );
    expect(late.map(({ name }) => name)).toEqual(['Documents', 'shop-db']);
  });

  it('tells of runs that were not made only while no later snapshot made up for them', () => {
    const scene = buildScene('missed', now);
    expect(attention(scene).filter(({ kind }) => kind === 'notMade')).toMatchObject([{ name: 'Documents', runs: 1 }]);
    const lanes = scene.lanes.map((lane) => ({ ...lane, missed: lane.missed.slice(0, -1) }));
    const items = attentionOf(scene.sources, lanes, scene.repositories, scene.runs, now);
    expect(items.some(({ kind }) => kind === 'notMade')).toBe(false);
  });

  it('is silent about a run that was not made because nothing had changed', () => {
    const scene = buildScene('missed', now);
    const because = 'no-changes' as const;
    const lanes = scene.lanes.map((lane) => ({ ...lane, missed: lane.missed.map((span) => ({ ...span, because })) }));
    const items = attentionOf(scene.sources, lanes, scene.repositories, scene.runs, now);
    expect(items.some(({ kind }) => kind === 'notMade')).toBe(false);
  });

  it('warns thirty days before a repository is full, and of little room at once', () => {
    const [repository] = world.repositories;
    if (repository === undefined) throw new Error('the scene has no repository');
    const kinds = (days: number): string[] =>
      attentionOf([], [], [{ ...repository, fullAt: now + days * 86_400_000 }], [], now).map(({ kind }) => kind);
    expect(kinds(29)).toEqual(['fullSoon']);
    expect(kinds(31)).toEqual([]);
    expect(attention(buildScene('full-repository', now)).map(({ kind }) => kind)).toContain('lowSpace');
  });

  it('tells documents apart from logs and caches among what changed', () => {
    const torn = attention(world).find(({ kind }) => kind === 'torn');
    if (torn?.kind !== 'torn') throw new Error('the scene has nothing torn');
    expect(torn.files?.logsAndCaches.map(({ path }) => path)).toEqual([
      '/media/mika/CARD/Photos/.cache/thumbnails/4411.png',
    ]);
    expect(torn.files?.documents.length).toBe(4);
  });
});
