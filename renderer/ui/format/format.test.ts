import { beforeEach, describe, expect, it } from 'vitest';
import { formatBytes } from './bytes.ts';
import { calendarDaysBetween, formatDateTime, formatDay, formatTime, formatTimeSeconds } from './date-time.ts';
import { formatDuration, formatTimeLeft } from './duration.ts';
import { pickLocale, setFormatLanguage } from './locale.ts';
import { formatPercent } from './numbers.ts';
import { formatRelative } from './relative-time.ts';

const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

beforeEach(() => setFormatLanguage('en', ['en-GB']));

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [1023, '1,023 B'],
    [1024, '1 KiB'],
    [18 * 1024, '18 KiB'],
    [1024 * 1024 - 1, '1 MiB'],
    [14.1 * 1024 ** 2, '14.1 MiB'],
    [1.02 * 1024 ** 3, '1.02 GiB'],
    [410 * 1024 ** 3, '410 GiB'],
  ])('%d is %s', (bytes, text) => expect(plain(formatBytes(bytes))).toBe(text));
});

describe('formatDuration', () => {
  it.each([
    [0, '0 ms'],
    [0.42, '0.42 ms'],
    [1.5, '1.5 ms'],
    [11.8, '11.8 ms'],
    [250, '250 ms'],
    [999.6, '1 s'],
    [3_400, '3.4 s'],
    [59_600, '1 min'],
    [125_000, '2 min 5 s'],
    [12_000_000, '3 h 20 min'],
    [187_200_000, '2 d 4 h'],
  ])('%d ms is %s', (ms, text) => expect(plain(formatDuration(ms))).toBe(text));
});

describe('formatTimeLeft', () => {
  it.each([
    [0, '1 s'],
    [9.2, '10 s'],
    [33, '40 s'],
    [59, '1 min'],
    [125, '2 min'],
    [3_600, '1 h'],
    [5_400, '1 h 30 min'],
  ])('%d s is %s', (seconds, text) => expect(plain(formatTimeLeft(seconds))).toBe(text));
});

describe('formatTime', () => {
  const spaced = (text: string): string => text.replace(/\s/g, ' ');
  const at = new Date(2026, 10, 20, 13, 0, 5).getTime();
  const early = new Date(2026, 10, 20, 9, 5, 3).getTime();

  it('has two digits where the day has 24 hours', () => {
    expect([formatTime(early), formatTimeSeconds(early), formatTime(at)]).toEqual(['09:05', '09:05:03', '13:00']);
    expect(formatDateTime(early)).toBe('20 Nov 2026, 09:05');
  });

  it('has no zero before the hour where the day is counted twice to twelve', () => {
    setFormatLanguage('en', ['en-US']);
    expect([formatTime(at), formatTimeSeconds(at), formatTime(early)].map(spaced)).toEqual([
      '1:00 PM',
      '1:00:05 PM',
      '9:05 AM',
    ]);
    expect(spaced(formatDateTime(at))).toBe('Nov 20, 2026, 1:00 PM');
  });
});

describe('formatRelative', () => {
  const now = Date.UTC(2026, 10, 20, 9, 41);
  it.each([
    [now - 59_000, 'now'],
    [now - 11 * 60_000 - 59_000, '11 min ago'],
    [now + 19 * 60_000, 'in 19 min'],
    [now - 4 * 86_400_000, '4 days ago'],
    [now - 86_400_000, 'yesterday'],
  ])('%d is %s', (ms, text) => expect(formatRelative(ms, now)).toBe(text));
});

describe('days', () => {
  it('counts calendar days, not 24-hour spans', () => {
    const lateEvening = new Date(2026, 10, 19, 23, 59).getTime();
    const earlyMorning = new Date(2026, 10, 20, 0, 1).getTime();
    expect(calendarDaysBetween(lateEvening, earlyMorning)).toBe(1);
    expect(formatDay(lateEvening, earlyMorning)).toBe('Yesterday');
    expect(formatDay(earlyMorning, earlyMorning)).toBe('Today');
  });
});

describe('formatPercent', () => {
  it('says 100 % only when it is reached', () => {
    expect(formatPercent(0.9999)).toBe('99%');
    expect(formatPercent(1)).toBe('100%');
    expect(formatPercent(0.58)).toBe('58%');
  });
});

describe('pickLocale', () => {
  it('takes the system locale that speaks the window’s language', () => {
    expect(pickLocale('en', ['ru-RU', 'en-GB', 'en-US'])).toBe('en-GB');
    expect(pickLocale('en', ['ru-RU'])).toBe('en');
    expect(pickLocale('en', ['eng'])).toBe('en');
  });
});
