import { describe, expect, it } from 'vitest';
import { due } from './due.ts';
import { blockers, type MachineConditions, type RepositoryPresence } from './facts.ts';
import type { ConditionRules } from './schedule.ts';
import { at, attempt, ms, scheduleFacts } from './testing/facts.ts';

const slot = (clock: string): number => ms(at(clock));

function held(
  machine: Partial<MachineConditions>,
  conditions: Partial<ConditionRules> = {},
  now = at('09:10'),
  history = {},
): unknown {
  const decision = due(scheduleFacts({ now, machine, conditions, history }));
  return decision.kind === 'held-back' ? [decision.because, decision.retryAt] : decision.kind;
}

describe('an owed run is held back', () => {
  it('while it is paused, until then or until somebody resumes', () => {
    expect(held({ pausedUntil: slot('11:00') })).toEqual(['paused', slot('11:00')]);
    expect(held({ pausedUntil: 'forever' })).toEqual(['paused', null]);
    expect(held({ pausedUntil: slot('09:10') })).toBe('run');
  });

  it('when sleep is announced', () => {
    expect(held({ sleepAnnounced: true })).toEqual(['sleep-announced', null]);
  });

  it.each<[RepositoryPresence, unknown]>([
    ['locked', ['repository-locked', null]],
    ['absent', ['repository-absent', null]],
    ['other', ['repository-other', null]],
    ['read-only', ['repository-read-only', null]],
    ['unknown', 'run'],
    ['ready', 'run'],
  ])('by what its repository is: %s', (repository, expected) => {
    expect(held({ repository })).toEqual(expected);
  });

  it('outside the allowed windows, until the next opens', () => {
    const windows = [{ days: ['mon' as const], from: '12:00', to: '14:00' }];
    expect(held({}, { windows })).toEqual(['outside-window', slot('12:00')]);
    expect(held({}, { windows }, at('12:00'))).toBe('run');
    expect(held({}, { windows }, at('14:00'))).toEqual(['outside-window', ms('2026-05-11T12:00+02:00')]);
  });

  it('on battery, as its rule says', () => {
    const battery = { onMains: false };
    expect(held(battery, { onBattery: 'as-usual' })).toBe('run');
    expect(held(battery, { onBattery: 'wait' })).toEqual(['on-battery', null]);
    expect(held(battery, { onBattery: 'daily' })).toEqual(['on-battery', ms('2026-05-05T08:00+02:00')]);
    expect(held(battery, { onBattery: 'daily' }, '2026-05-05T07:59+02:00')).toEqual([
      'on-battery',
      ms('2026-05-05T08:00+02:00'),
    ]);
    expect(held(battery, { onBattery: 'daily' }, '2026-05-05T08:00+02:00')).toBe('run');
    expect(held({ onMains: null }, { onBattery: 'wait' })).toBe('run');
  });

  it('on battery, counted from the last good run: a failed one protects nothing', () => {
    const battery = { onMains: false };
    const failed = {
      attempts: [attempt('09:00', '09:00', 'failed', '09:00')],
      lastSnapshotAt: ms('2026-05-03T09:00+02:00'),
    };
    expect(held(battery, { onBattery: 'daily' }, at('09:10'), failed)).toBe('run');
    const done = { attempts: [attempt('08:00', '08:01', 'done')], lastSnapshotAt: null };
    expect(held(battery, { onBattery: 'daily' }, at('09:10'), done)).toEqual([
      'on-battery',
      ms('2026-05-05T08:00+02:00'),
    ]);
  });

  it('on a metered network, where the repository is reached over one', () => {
    expect(held({ metered: true, repositoryOnNetwork: true })).toEqual(['metered', null]);
    expect(held({ metered: true, repositoryOnNetwork: true }, { onMetered: 'run' })).toBe('run');
    expect(held({ metered: true, repositoryOnNetwork: false })).toBe('run');
    expect(held({ metered: null, repositoryOnNetwork: true })).toBe('run');
  });

  it('for the first reason of several, in the order in which they are listed', () => {
    const everything: Partial<MachineConditions> = {
      pausedUntil: 'forever',
      sleepAnnounced: true,
      repository: 'locked',
      onMains: false,
      metered: true,
      repositoryOnNetwork: true,
    };
    const away: Partial<MachineConditions>[] = [
      { pausedUntil: null },
      { sleepAnnounced: false },
      { repository: 'absent' },
      { repository: 'other' },
      { repository: 'read-only' },
      { repository: 'ready' },
    ];
    const rules: Partial<ConditionRules>[] = [{ windows: [] }, { onBattery: 'as-usual' }, { onMetered: 'run' }];
    let conditions: Partial<ConditionRules> = {
      windows: [{ days: ['sun'], from: '00:00', to: '01:00' }],
      onBattery: 'wait',
      onMetered: 'wait',
    };
    let machine = everything;
    const history = { attempts: [attempt('09:08', '09:09', 'failed', '09:00')] };
    const told: unknown[] = [];
    const tell = (): unknown => told.push((held(machine, conditions, at('09:10'), history) as unknown[])[0]);
    tell();
    for (const change of away) {
      machine = { ...machine, ...change };
      tell();
    }
    for (const change of rules) {
      conditions = { ...conditions, ...change };
      tell();
    }
    expect(told).toEqual(blockers);
  });
});
