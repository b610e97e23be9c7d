import { describe, expect, it } from 'vitest';
import { i18n } from '../i18n/i18n.ts';
import { isGoingOn, usualQuietWords, watchingOf } from './quiet-words.ts';

const t = i18n.getFixedT('en', 'quiet-times');
const clock = (minutes: number): string =>
  `${String(Math.floor(minutes / 60) % 24).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
const words = (fromMinute: number, toMinute: number): string =>
  usualQuietWords({ fromMinute, toMinute, days: 12, ofDays: 14 }, clock, t);

describe('usual quiet in words', () => {
  it('names the hours, and what they are known from', () => {
    expect(words(60, 330)).toBe('Usually quiet 01:00–05:30, seen on 12 of 14 nights');
    expect(words(22 * 60, 360)).toBe('Usually quiet 22:00–06:00, seen on 12 of 14 nights');
    expect(words(12 * 60, 14 * 60)).toBe('Usually quiet 12:00–14:00, seen on 12 of 14 days');
    expect(words(18 * 60, 1440)).toBe('Usually quiet 18:00–00:00, seen on 12 of 14 days');
    expect(words(0, 1440)).toBe('Usually quiet all day, seen on 12 of 14 days');
  });
});

describe('whether somebody watches', () => {
  it('is known from the newest look', () => {
    expect(watchingOf({ watchedUntil: null }, 1_000_000)).toBe('never');
    expect(watchingOf({ watchedUntil: 900_000 }, 1_000_000)).toBe('on');
    expect(watchingOf({ watchedUntil: 100_000 }, 1_000_000)).toBe('off');
    expect(isGoingOn(100_000, 1_000_000)).toBe(false);
  });
});
