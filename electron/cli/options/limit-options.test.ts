import { describe, expect, it } from 'vitest';
import { limitsFrom } from './limit-options.ts';

describe('limits of a line as they are typed', () => {
  it('are a direction, a speed and hours', () => {
    expect(limitsFrom(['upload 500KiB/s mon-fri 08:00-18:00', 'Download 2 MiB/s'], '<limit>')).toEqual([
      {
        direction: 'upload',
        bytesPerSecond: 512_000,
        window: { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:00', to: '18:00' },
      },
      { direction: 'download', bytesPerSecond: 2_097_152 },
    ]);
    expect(limitsFrom(['none'], '<limit>')).toEqual([]);
  });

  it.each([
    ['500KiB/s', /no limit/],
    ['upload fast', /no speed/],
    ['upload 1KiB/s', /at least 8 KiB\/s/],
    ['upload 1MiB/s at noon', /no time window/],
    ['upload 1MiB/s someday 08:00-18:00', /no day/],
  ])('%s is refused with what is wrong', (text, words) => {
    expect(() => limitsFrom([text], '<limit>')).toThrow(words);
  });
});
