import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, describe, expect, it } from 'vitest';
import { excludePresets } from '../../../shared/domain/excludes/presets.ts';
import { repositoryIdSchema } from '../../../shared/domain/ids.ts';
import { defaultKeepRules, keepEverything } from '../../../shared/domain/keep/rules.ts';
import { defaultPolicy } from '../../../shared/domain/policy.ts';
import { filesystemSpec } from '../../../shared/domain/source.ts';
import { parseDuration } from './durations.ts';
import { type ExcludeOptions, excludeOptions, excludesFrom, placesWith } from './exclude-options.ts';
import { type PolicyOptions, policyFrom, policyOptions } from './policy-options.ts';
import { stillFrom } from './still-options.ts';

const before = defaultPolicy(repositoryIdSchema.parse('a'.repeat(64)), 'per-file');

function said(...args: readonly string[]): PolicyOptions & ExcludeOptions {
  const command = new Command('test').exitOverride().configureOutput({ writeErr: () => undefined });
  for (const option of [...policyOptions, ...excludeOptions]) command.addOption(option);
  return command.parse(args, { from: 'user' }).opts();
}
const policy = (...args: readonly string[]) => policyFrom(said(...args), before);

describe('schedules in plain words', () => {
  it.each([
    [['--every', '6h', '--at-minute', '15'], { kind: 'hourly', everyHours: 6, minute: 15 }],
    [['--every', 'hour'], { kind: 'hourly', everyHours: 1, minute: 0 }],
    [
      ['--daily-at', '09:30', '18:00', '--on', 'weekdays'],
      { kind: 'daily', at: ['09:30', '18:00'], days: ['mon', 'tue', 'wed', 'thu', 'fri'] },
    ],
    [
      ['--daily-at', '09:30,18:00', '--on', 'sat-mon'],
      { kind: 'daily', at: ['09:30', '18:00'], days: ['mon', 'sat', 'sun'] },
    ],
    [['--when-quiet', '20m'], { kind: 'quiet', quietMinutes: 20, atMostEveryMinutes: 60, atLeastEveryHours: 24 }],
    [
      ['--after-changes', '100', '--at-most-every', '30m', '--at-least-every', '2d'],
      { kind: 'changes', changes: 100, atMostEveryMinutes: 30, atLeastEveryHours: 48 },
    ],
    [
      ['--when-quiet', '20m', '--at-most-every', '20h', '--latest-at', '03:00'],
      { kind: 'quiet', quietMinutes: 20, atMostEveryMinutes: 1200, atLeastEveryHours: 24, latestAt: '03:00' },
    ],
    [['--manual'], { kind: 'manual' }],
  ])('%j', (args, schedule) => {
    expect(policy(...args).schedule).toEqual(schedule);
  });

  it('leaves what is not said', () => {
    expect(policy()).toEqual(before);
    expect(policy('--on-battery', 'wait')).toEqual({
      ...before,
      conditions: { ...before.conditions, onBattery: 'wait' },
    });
  });

  it('takes windows, and any time', () => {
    const { windows } = policy('--window', 'mon-fri 19:00-06:00', '08:00-12:00').conditions;
    expect(windows).toEqual([
      { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '19:00', to: '06:00' },
      { days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '08:00', to: '12:00' },
    ]);
    expect(
      policyFrom(said('--window', 'any'), { ...before, conditions: { ...before.conditions, windows } }).conditions
        .windows,
    ).toEqual([]);
  });

  it('takes how fast is read at most', () => {
    expect(policy('--read-limit', '20').liveReadMiBps).toBe(20);
    expect(policyFrom(said('--read-limit', 'none'), { ...before, liveReadMiBps: 5 }).liveReadMiBps).toBeNull();
    expect(policyFrom(said(), { ...before, liveReadMiBps: 5 }).liveReadMiBps).toBe(5);
  });

  it('takes how old is late', () => {
    expect(policy('--late-after', '3d').lateAfterHours).toBe(72);
    expect(policyFrom(said('--late-after', 'auto'), { ...before, lateAfterHours: 5 }).lateAfterHours).toBeNull();
  });

  it.each([
    [['--every', '5h'], '--every'],
    [['--every', 'x'], '--every'],
    [['--every', '1h', '--manual'], '--every, --manual'],
    [['--at-minute', '5'], '--at-minute'],
    [['--every', '1h', '--at-minute', '60'], '--every'],
    [['--daily-at', '9:30'], '--daily-at'],
    [['--daily-at', '09:30', '--on', 'someday'], '--on'],
    [['--manual', '--on', 'mon'], '--on'],
    [['--when-quiet', '90s'], '--when-quiet'],
    [['--when-quiet', '20m', '--latest-at', '3am'], '--latest-at'],
    [['--when-quiet', '20m', '--latest-at', '03:00', '--at-least-every', '1d'], '--latest-at, --at-least-every'],
    [['--every', '2h', '--latest-at', '03:00'], '--latest-at'],
    [['--after-changes', '0'], '--after-changes'],
    [['--window', '19-06'], '--window'],
    [['--on-battery', 'never'], '--on-battery'],
    [['--late-after', '30m'], '--late-after'],
    [['--keep-last', 'some'], '--keep-last'],
    [['--keep-within', '3 weeks'], '--keep-within'],
    [['--keep-within-daily', '1x'], '--keep-within-daily'],
    [['--keep-tag', 'a,b'], '--keep-tag'],
    [['--keep-all', '--keep-last', '1'], '--keep-all'],
    [['--level', 'best'], '--level'],
    [['--longest-stall', '0'], '--longest-stall'],
    [['--read-limit', '0'], '--read-limit'],
    [['--read-limit', '100001'], '--read-limit'],
    [['--read-limit', 'fast'], '--read-limit'],
    [['--hold-window', '22-06'], '--hold-window'],
    [['--hold-on-battery', 'live'], '--hold-on-battery'],
    [['--hold-on-busy-disk', 'maybe'], '--hold-on-busy-disk'],
    [['--busy-disk-wait', '11m'], '--busy-disk-wait'],
    [['--busy-disk-wait', 'soon'], '--busy-disk-wait'],
    [['--hook', '../x'], '--hook'],
    [['--hook', 'a', 'a'], '--hook'],
  ])('%j is refused, and %s is named', (args, field) => {
    expect(() => policy(...args)).toThrowError(expect.objectContaining({ kind: 'wrong-usage', field }));
  });
});

describe('when writers may be held', () => {
  const still = (...args: readonly string[]) => policy(...args).still;

  it('is as it was where nothing is said', () => {
    expect(still()).toEqual(before.still);
    const own = { ...before, still: stillFrom(said('--hold-window', '22:00-06:00', '--hook', 'a'), before.still) };
    expect(policyFrom(said('--hold-on-battery', 'no'), own).still).toEqual({ ...own.still, onBattery: 'live' });
    expect(policyFrom(said('--hold-window', 'any', '--hook', 'none'), own).still).toEqual(before.still);
  });

  it('is said for times, battery, disk and hooks', () => {
    expect(
      still(
        ...['--hold-window', 'mon-fri 22:00-06:00', '--hold-on-battery', 'no', '--busy-disk-wait', '1m'],
        ...['--hold-on-busy-disk', 'no', '--hook', '10-shop', '20-mail'],
      ),
    ).toEqual({
      windows: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '22:00', to: '06:00' }],
      onBattery: 'live',
      busyDisk: { waitSeconds: 60, afterwards: 'live' },
      hooks: ['10-shop', '20-mail'],
    });
    expect(['0', '5s', '10m'].map((text) => still('--busy-disk-wait', text).busyDisk.waitSeconds)).toEqual([0, 5, 600]);
  });
});

describe('keep rules with restic’s names', () => {
  it('are all that is given', () => {
    expect(policy().keep).toEqual(defaultKeepRules);
    expect(
      policy('--keep-last', '3', '--keep-yearly', 'all', '--keep-within-daily', '1y5m', '--keep-tag', 'a', 'b').keep,
    ).toEqual({
      ...keepEverything,
      last: 3,
      yearly: 'all',
      withinDaily: '1y5m',
      tags: ['a', 'b'],
    });
    expect(policy('--keep-all').keep).toEqual(keepEverything);
  });
});

describe('excludes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stillpoint-options-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const none = { excludes: [], excludePresets: [...excludePresets], ignoreLines: [] };

  it('replace what there was of their kind', () => {
    expect(excludesFrom(said(), '/home', none)).toEqual(none);
    writeFileSync(join(folder, 'rules'), '# ours\n*.iso\n\n');
    const args = [
      '--exclude',
      'a',
      '/b',
      '--ignore-file',
      join(folder, 'rules'),
      '--ignore',
      '*.tmp',
      '--no-preset',
      'trash',
    ];
    expect(excludesFrom(said(...args), '/home', none)).toEqual({
      excludes: ['/home/a', '/b'],
      excludePresets: excludePresets.filter((preset) => preset !== 'trash'),
      ignoreLines: ['# ours', '*.iso', '*.tmp'],
    });
    expect(excludesFrom(said('--no-preset', 'all'), '/home', none).excludePresets).toEqual([]);
  });

  it('of several places belong to the one they lie in, or are said of, and else to all', () => {
    writeFileSync(join(folder, 'one'), '*.bak\n');
    const places = [
      filesystemSpec('/srv', { ignoreLines: ['old'] }),
      filesystemSpec('/srv/db'),
      filesystemSpec('/home'),
    ];
    const args = [
      ...['--exclude', '/srv/db/tmp', '/srv/x', '--ignore', '/srv/db=*.tmp', '*.iso'],
      ...['--ignore-file', `/home=${join(folder, 'one')}`, '--no-preset', '/home=trash', '--no-preset', 'caches'],
    ];
    const [srv, db, home] = placesWith(said(...args), places);
    const without = (...names: string[]) => excludePresets.filter((preset) => !names.includes(preset));
    expect(srv).toMatchObject({ excludes: ['/srv/x'], ignoreLines: ['*.iso'], excludePresets: without('caches') });
    expect(db).toMatchObject({ excludes: ['/srv/db/tmp'], ignoreLines: ['*.tmp', '*.iso'] });
    expect(home).toMatchObject({ ignoreLines: ['*.bak', '*.iso'], excludePresets: without('trash', 'caches') });
    // What is said of one place leaves the others as they are.
    expect(placesWith(said('--ignore', '/home=*.tmp'), places)[0]).toEqual(places[0]);
    expect(placesWith(said('--exclude', 'a'), places.slice(0, 1))[0]).toMatchObject({ excludes: ['/srv/a'] });
    expect(() => placesWith(said('--exclude', 'tmp'), places)).toThrowError(
      expect.objectContaining({ field: '--exclude', guidance: expect.stringContaining('in full') }),
    );
    expect(() => placesWith(said('--exclude', '/opt/x'), places)).toThrowError(
      expect.objectContaining({ field: '--exclude', message: '/opt/x is in none of the places.' }),
    );
  });

  it('says limits of size and of the flag “no dump”, and takes them back', () => {
    const limits = (...words: string[]) => excludesFrom(said(...words), '/home', none).limits;
    expect(limits()).toBeUndefined();
    expect(limits('--exclude-larger-than', '4G')).toEqual({ largerThan: 4 * 1024 ** 3, noDump: false });
    expect(limits('--exclude-larger-than', '500m', '--exclude-no-dump', 'yes')).toEqual({
      largerThan: 500 * 1024 ** 2,
      noDump: true,
    });
    const before = { ...none, limits: { largerThan: 7, noDump: true } };
    expect(excludesFrom(said('--exclude-larger-than', 'none'), '/', before).limits).toEqual({
      largerThan: null,
      noDump: true,
    });
    expect(excludesFrom(said('--ignore', 'x'), '/', before).limits).toEqual(before.limits);
    for (const wrong of ['4X', '0', '-1', '1.5G', ''])
      expect(() => limits('--exclude-larger-than', wrong)).toThrowError(
        expect.objectContaining({ field: '--exclude-larger-than' }),
      );
    expect(() => limits('--exclude-no-dump', 'maybe')).toThrowError(
      expect.objectContaining({ field: '--exclude-no-dump' }),
    );
  });

  it('name what is wrong', () => {
    expect(() => excludesFrom(said('--no-preset', 'x'), '/', none)).toThrowError(
      expect.objectContaining({ field: '--no-preset' }),
    );
    expect(() => excludesFrom(said('--ignore-file', join(folder, 'no')), '/', none)).toThrowError(
      expect.objectContaining({ field: '--ignore-file' }),
    );
  });
});

describe('lengths of time', () => {
  it('are sums of units', () => {
    expect(['90m', '2h', '1d12h', '1w'].map((text) => parseDuration(text, '--for') / 3_600_000)).toEqual([
      1.5, 2, 36, 168,
    ]);
    for (const text of ['', '2', 'h', '2 h', '-1h']) expect(() => parseDuration(text, '--for')).toThrowError();
  });
});
