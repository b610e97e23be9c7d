import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { setFormatLanguage } from '../../../ui/format/locale.ts';
import { rangeLabel } from './range-label.ts';
import { tickLabel } from './tick-labels.ts';
import { pickStep, tickSteps, ticksIn } from './ticks.ts';
import { type Viewport, viewportOf } from './viewport.ts';

const local = (y: number, month: number, d: number, h = 0, min = 0, s = 0, ms = 0): number =>
  new Date(y, month, d, h, min, s, ms).getTime();
const width = 900;

const zoneBefore = process.env.TZ;

beforeEach(() => setFormatLanguage('en', ['en-GB']));

afterEach(() => {
  if (zoneBefore === undefined) delete process.env.TZ;
  else process.env.TZ = zoneBefore;
});

function labels(fromMs: number, toMs: number, minPixels = 70): string[] {
  const view = viewportOf(fromMs, toMs);
  const step = pickStep(view, width, minPixels);
  return ticksIn(view, step)
    .filter(({ time }) => time >= fromMs)
    .map((tick) => tickLabel(tick, step, view.origin));
}

describe('pickStep', () => {
  it('leaves room between ticks at every zoom from ten years to a millisecond', () => {
    for (let span = 1; span < 3.5e11; span *= 1.7) {
      const view = viewportOf(local(2026, 10, 20), local(2026, 10, 20) + span);
      const step = pickStep(view, width, 70);
      expect((step.lengthMs / span) * width).toBeGreaterThanOrEqual(70);
      expect(ticksIn(view, step).length).toBeLessThan(16);
    }
  });

  it('has steps that only grow', () => {
    const lengths = tickSteps.map(({ lengthMs }) => lengthMs);
    expect([...lengths].sort((a, b) => a - b)).toEqual(lengths);
  });
});

describe('labels', () => {
  it('names days of a week', () => {
    expect(labels(local(2026, 10, 14), local(2026, 10, 20, 12))).toEqual([
      'Sat 14',
      'Sun 15',
      'Mon 16',
      'Tue 17',
      'Wed 18',
      'Thu 19',
      'Fri 20',
    ]);
  });

  it('names the weeks of a month by their dates', () => {
    expect(labels(local(2026, 9, 22), local(2026, 10, 21))).toEqual(['26 Oct', '2 Nov', '9 Nov', '16 Nov']);
  });

  it('names the new day among hours', () => {
    expect(labels(local(2026, 10, 19, 18), local(2026, 10, 20, 6))).toContain('Fri 20');
    expect(labels(local(2026, 10, 19, 18), local(2026, 10, 20, 6))).toContain('18:00');
  });

  it('names years and months', () => {
    expect(labels(local(2025, 9, 1), local(2026, 4, 1))).toEqual([
      'Oct',
      'Nov',
      'Dec',
      '2026',
      'Feb',
      'Mar',
      'Apr',
      'May',
    ]);
    expect(labels(local(2017, 0, 1), local(2026, 0, 1))).toContain('2021');
  });

  it('counts fractions of the second where a pause is seen', () => {
    const from = local(2026, 10, 20, 2, 0, 3, 405);
    expect(labels(from, from + 50)).toEqual([
      '.405',
      '.410',
      '.415',
      '.420',
      '.425',
      '.430',
      '.435',
      '.440',
      '.445',
      '.450',
      '.455',
    ]);
  });

  it('names the whole second among fractions', () => {
    const from = local(2026, 10, 20, 2, 0, 3, 990);
    expect(labels(from, from + 20)).toContain('02:00:04');
  });

  it('tells tenths of a millisecond apart at the deepest zoom', () => {
    const from = local(2026, 10, 20, 2, 0, 3, 412);
    expect(labels(from, from + 1)).toEqual([
      '.4120',
      '.4121',
      '.4122',
      '.4123',
      '.4124',
      '.4125',
      '.4126',
      '.4127',
      '.4128',
      '.4129',
      '.4130',
    ]);
  });
});

describe('ticksIn', () => {
  it.each(['America/New_York', 'Europe/Helsinki', 'Asia/Kathmandu', 'Australia/Lord_Howe'])(
    'keeps hours and days on local midnight across a change of clocks in %s',
    (zone) => {
      process.env.TZ = zone;
      for (const month of [2, 3, 9, 10]) {
        const view = viewportOf(local(2026, month, 20), local(2026, month + 1, 10));
        const day = tickSteps.find(({ unit, count }) => unit === 'day' && count === 1);
        const hours = tickSteps.find(({ unit, count }) => unit === 'hour' && count === 6);
        if (day === undefined || hours === undefined) throw new Error('no such step');
        for (const { time } of ticksIn(view, day)) expect(new Date(time).getHours()).toBe(0);
        for (const { time } of ticksIn(view, hours)) expect(new Date(time).getHours() % 6).toBe(0);
        const times = ticksIn(view, hours).map(({ time }) => time);
        expect(new Set(times).size).toBe(times.length);
      }
    },
  );

  it('puts half hours on half hours where the zone is off by quarters', () => {
    process.env.TZ = 'Asia/Kathmandu';
    const view = viewportOf(local(2026, 10, 20, 1), local(2026, 10, 20, 8));
    const half = tickSteps.find(({ unit, count }) => unit === 'minute' && count === 30);
    if (half === undefined) throw new Error('no such step');
    for (const { time } of ticksIn(view, half)) expect(new Date(time).getMinutes() % 30).toBe(0);
  });

  it('places fractions exactly, however far the view is from 1970', () => {
    const from = local(2036, 10, 20, 2, 0, 3, 412);
    const view = viewportOf(from, from + 1);
    const step = pickStep(view, width, 70);
    const offsets = ticksIn(view, step).map(({ offset }) => offset);
    for (const [index, offset] of offsets.entries()) expect(offset).toBeCloseTo(index * step.count, 9);
  });
});

describe('rangeLabel', () => {
  // The spaces around the dash differ between versions of the locale data.
  const words = (view: Viewport): string => rangeLabel(view).replace(/\s*–\s*/g, '–');

  it('says as much as the zoom tells apart', () => {
    expect(words(viewportOf(local(2026, 10, 14), local(2026, 10, 20, 20)))).toBe('14–20 November 2026');
    expect(words(viewportOf(local(2017, 0, 1), local(2026, 10, 20)))).toBe('Jan 2017–Nov 2026');
    const from = local(2026, 10, 20, 2, 0, 3, 410);
    expect(rangeLabel(viewportOf(from, from + 20)).replaceAll('\u00a0', ' ')).toBe('20 Nov, 02:00:03.410 + 20 ms');
    expect(rangeLabel(viewportOf(from, from + 60_000))).toContain('02:01:03');
  });
});
