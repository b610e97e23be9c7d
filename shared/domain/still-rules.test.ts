import { describe, expect, it } from 'vitest';
import { type TimeWindow, weekdays } from './schedule/schedule.ts';
import {
  busyDiskSentence,
  defaultStillRules,
  holdRefusal,
  type StillRules,
  stillRulesSchema,
  stillSentences,
  widerStill,
  windowsSentence,
} from './still-rules.ts';

const every = [...weekdays];
const night: TimeWindow = { days: every, from: '22:00', to: '06:00' };
const rules = (more: Partial<StillRules>): StillRules => ({ ...defaultStillRules, ...more });
/** A Friday in Berlin, summer time. */
const at = (clock: string, onMains: boolean | null = true) => ({
  at: Date.parse(`2026-06-05T${clock}:00+02:00`),
  zone: 'Europe/Berlin',
  onMains,
});

describe('whether writers may be held', () => {
  it('is always so by default, on battery and where nothing tells', () => {
    for (const onMains of [true, false, null]) expect(holdRefusal(defaultStillRules, at('12:00', onMains))).toBeNull();
  });

  it('is so within a time of day, up to its last minute', () => {
    const words = 'Writers may be held between 22:00 and 06:00 only.';
    for (const clock of ['22:00', '23:59', '00:00', '05:59'])
      expect(holdRefusal(rules({ windows: [night] }), at(clock))).toBeNull();
    for (const clock of ['06:00', '12:00', '21:59'])
      expect(holdRefusal(rules({ windows: [night] }), at(clock))).toBe(words);
  });

  it('goes by the days a time begins on', () => {
    const fridays = rules({ windows: [{ ...night, days: ['fri'] }] });
    expect(holdRefusal(fridays, at('23:00'))).toBeNull();
    expect(holdRefusal(fridays, at('05:00'))).toBe('Writers may be held on Fridays between 22:00 and 06:00 only.');
  });

  it('is not so on battery where that was said, and only when it is certain', () => {
    const careful = rules({ onBattery: 'live' });
    expect(holdRefusal(careful, at('12:00', false))).toBe('Writers are not held while the computer runs on battery.');
    expect(holdRefusal(careful, at('12:00', null))).toBeNull();
    expect(holdRefusal(careful, at('12:00', true))).toBeNull();
  });
});

describe('hold rules in words', () => {
  it('name each time', () => {
    const weekend: TimeWindow = { days: ['sun', 'sat'], from: '00:00', to: '00:00' };
    const some: TimeWindow = { days: ['wed', 'mon'], from: '12:00', to: '13:00' };
    expect(windowsSentence([night, weekend, some])).toBe(
      'Writers may be held between 22:00 and 06:00, or on weekends, or on Mondays and Wednesdays between 12:00 and 13:00 only.',
    );
    expect(windowsSentence([{ days: every, from: '00:00', to: '00:00' }])).toBe(
      'Writers may be held at any hour only.',
    );
    expect(windowsSentence([])).toBe('Writers may be held at any time.');
  });

  it('say what a busy disk means', () => {
    const busy = (waitSeconds: number, afterwards: 'hold' | 'live') => rules({ busyDisk: { waitSeconds, afterwards } });
    expect(busyDiskSentence(busy(10, 'live'))).toBe(
      'Other programs kept the disk busy for 10 seconds, and writers are not held then.',
    );
    expect(busyDiskSentence(busy(0, 'live'))).toBe('Other programs keep the disk busy, and writers are not held then.');
    expect(
      [busy(10, 'hold'), busy(1, 'hold'), busy(0, 'hold'), busy(60, 'live'), busy(0, 'live')].map(stillSentences),
    ).toEqual([
      [],
      ['A busy disk is given 1 second to become quieter; then writers are held all the same.'],
      ['Writers are held whether the disk is busy or not.'],
      ['A busy disk is given 60 seconds to become quieter; if it does not, writers are not held.'],
      ['Writers are not held while other programs keep the disk busy.'],
    ]);
  });

  it('name hooks in the order they are called', () => {
    expect(stillSentences(rules({ hooks: ['20-mail', '10-shop'] }))).toEqual([
      'Called before the pause, and after it in reverse: 10-shop, 20-mail.',
    ]);
  });
});

describe('what holds others up more than was agreed to', () => {
  const wider = (now: Partial<StillRules>, next: Partial<StillRules>) =>
    widerStill(rules(now), rules(next))?.field ?? null;

  it('is any minute of the week that was not allowed', () => {
    expect(wider({}, { windows: [night] })).toBeNull();
    expect(wider({ windows: [night] }, {})).toBe('policy.still.windows');
    expect(wider({ windows: [night] }, { windows: [{ ...night, from: '23:00', to: '05:00' }] })).toBeNull();
    expect(wider({ windows: [night] }, { windows: [{ ...night, to: '06:01' }] })).toBe('policy.still.windows');
    // Sunday's night ends on Monday.
    const mondayMorning: TimeWindow = { days: ['mon'], from: '00:00', to: '06:00' };
    expect(wider({ windows: [{ ...night, days: ['sun'] }] }, { windows: [mondayMorning] })).toBeNull();
    expect(wider({ windows: [{ ...night, days: ['mon'] }] }, { windows: [mondayMorning] })).toBe(
      'policy.still.windows',
    );
    expect(wider({ windows: [{ days: every, from: '00:00', to: '00:00' }] }, {})).toBeNull();
  });

  it('is holding on battery or a busy disk where that was excluded, and never the other way', () => {
    expect(wider({ onBattery: 'live' }, { onBattery: 'hold' })).toBe('policy.still.onBattery');
    expect(wider({}, { onBattery: 'live', busyDisk: { waitSeconds: 60, afterwards: 'live' } })).toBeNull();
    expect(wider({ busyDisk: { waitSeconds: 60, afterwards: 'live' } }, {})).toBe('policy.still.busyDisk.afterwards');
  });

  it('is a hook that was not named, and not one that is no longer', () => {
    expect(widerStill(rules({ hooks: ['a'] }), rules({ hooks: ['a', 'b'] }))).toEqual({
      field: 'policy.still.hooks',
      what: 'Calling the hook b',
    });
    expect(wider({ hooks: ['a', 'b'] }, { hooks: ['b'] })).toBeNull();
  });
});

describe('names of hooks', () => {
  it.each(['../x', '.hidden', 'a b', '', '-x', 'a/b', 'db.bak', 'db.dpkg-old', 'x'.repeat(65)])(
    '%j is none',
    (name) => {
      expect(stillRulesSchema.safeParse(rules({ hooks: [name] })).success).toBe(false);
    },
  );

  it('stand once', () => {
    expect(stillRulesSchema.safeParse(rules({ hooks: ['10-db.sh', 'x'] })).success).toBe(true);
    expect(stillRulesSchema.safeParse(rules({ hooks: ['x', 'x'] })).success).toBe(false);
  });
});
