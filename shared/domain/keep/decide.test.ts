import { describe, expect, it } from 'vitest';
import { decideFates, type SourceSnapshot } from './decide.ts';
import { type KeepRules, keepEverything } from './rules.ts';

const now = Date.parse('2026-06-01T00:00:00Z');
const at = (time: string, more: Partial<SourceSnapshot> = {}): SourceSnapshot => ({
  ...{ id: time.slice(0, 10), time: Date.parse(time), tags: [], offsetMinutes: 0 },
  ...{ pinned: false, safety: false, undo: false, good: true, whole: true },
  ...more,
});
const fates = (snapshots: readonly SourceSnapshot[], rules: Partial<KeepRules>) =>
  decideFates(snapshots, { ...keepEverything, ...rules }, 'UTC', now).map(({ id, because }) => [id, because]);

describe('what stays of a source', () => {
  it('is what the rules keep, newest first, with the rules', () => {
    const snapshots = [at('2026-05-29T10:00:00Z'), at('2026-05-31T10:00:00Z'), at('2026-05-30T10:00:00Z')];
    expect(decideFates(snapshots, { ...keepEverything, daily: 2 }, 'UTC', now)).toEqual([
      { id: '2026-05-31', keep: true, rules: ['daily'], because: 'rule' },
      { id: '2026-05-30', keep: true, rules: ['daily'], because: 'rule' },
      { id: '2026-05-29', keep: false, rules: [], because: null },
    ]);
  });

  it('is everything without rules', () => {
    expect(fates([at('2026-05-29T10:00:00Z'), at('2020-05-29T10:00:00Z')], {})).toEqual([
      ['2026-05-29', 'rule'],
      ['2020-05-29', 'rule'],
    ]);
  });

  it('is always the newest, and the newest that was good enough', () => {
    const torn = { good: false, whole: false };
    const snapshots = [
      at('2026-05-31T10:00:00Z', torn),
      at('2026-05-30T10:00:00Z', torn),
      at('2026-05-29T10:00:00Z'),
      at('2026-05-28T10:00:00Z'),
    ];
    expect(fates(snapshots, { last: 1 })).toEqual([
      ['2026-05-31', 'rule'],
      ['2026-05-30', null],
      ['2026-05-29', 'newest-good'],
      ['2026-05-28', null],
    ]);
    expect(fates(snapshots, { tags: ['none'] })[0]).toEqual(['2026-05-31', 'newest']);
  });

  it('is the newest whole one, where none was as good as asked for or that is long ago', () => {
    const snapshots = [
      at('2026-05-31T10:00:00Z', { good: false, whole: false }),
      at('2026-05-30T10:00:00Z', { good: false }),
      at('2026-05-29T10:00:00Z', { good: false }),
      at('2026-05-28T10:00:00Z'),
    ];
    const stays = ['rule', 'newest-good', null];
    expect(fates(snapshots.slice(0, 3), { last: 1 }).map(([, because]) => because)).toEqual(stays);
    expect(fates(snapshots, { last: 1 }).map(([, because]) => because)).toEqual([...stays, 'newest-good']);
  });

  it('is what is pinned, which takes part in the rules all the same', () => {
    const snapshots = [
      at('2026-05-31T12:00:00Z', { pinned: true }),
      at('2026-05-31T10:00:00Z', { id: 'same day' }),
      at('2026-05-30T10:00:00Z'),
      at('2026-01-01T10:00:00Z', { pinned: true }),
    ];
    expect(fates(snapshots, { daily: 2 })).toEqual([
      ['2026-05-31', 'pinned'],
      ['same day', null],
      ['2026-05-30', 'rule'],
      ['2026-01-01', 'pinned'],
    ]);
  });

  it('is what a clock that was ahead put into the future, which pushes nothing out', () => {
    const ahead = [at('2099-01-02T10:00:00Z'), at('2099-01-01T10:00:00Z')];
    const snapshots = [...ahead, at('2026-05-31T10:00:00Z'), at('2026-05-30T10:00:00Z')];
    const stays = [
      ['2099-01-02', 'newest'],
      ['2099-01-01', 'newest'],
      ['2026-05-31', 'rule'],
      ['2026-05-30', null],
    ];
    for (const rules of [{ last: 1 }, { hourly: 1 }, { within: '1h' }]) expect(fates(snapshots, rules)).toEqual(stays);
  });

  it('is everything there was, while the clock is behind it', () => {
    const before = [at('2026-05-31T10:00:00Z'), at('2026-05-30T10:00:00Z')];
    const made = at('1970-01-01T00:05:00Z');
    const decided = (rules: Partial<KeepRules>) =>
      decideFates([...before, made], { ...keepEverything, ...rules }, 'UTC', made.time + 1);
    for (const rules of [{ last: 1 }, { yearly: 1 }, { withinDaily: '1d' }, { tags: ['none'] }])
      expect(decided(rules).map(({ keep }) => keep)).toEqual([true, true, true]);
  });

  it('is a safety snapshot for 30 days or while a restore needs it, and it counts for no rule', () => {
    const safety = { safety: true };
    const snapshots = [
      at('2026-05-31T23:00:00Z', { ...safety, id: 'young' }),
      at('2026-05-31T10:00:00Z'),
      at('2026-05-01T23:59:59Z', { ...safety, id: 'old' }),
      at('2026-04-01T00:00:00Z', { ...safety, id: 'needed', undo: true }),
      at('2026-03-01T00:00:00Z', { ...safety, id: 'pinned', pinned: true }),
    ];
    expect(fates(snapshots, { last: 1 })).toEqual([
      ['young', 'safety'],
      ['2026-05-31', 'rule'],
      ['old', null],
      ['needed', 'safety'],
      ['pinned', 'pinned'],
    ]);
  });
});
