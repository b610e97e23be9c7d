import { describe, expect, it } from 'vitest';
import { parseSize, parseUnusedLimit } from './size-options.ts';

describe('sizes on the command line', () => {
  it.each([
    ['0', 0],
    ['2048', 2048],
    ['500M', 524_288_000],
    ['1.5g', 1_610_612_736],
    ['3 KiB', 3072],
    ['12b', 12],
  ])('reads %s', (text, bytes) => expect(parseSize('--x', text)).toBe(bytes));

  it.each(['', 'M', '-1', '5%', '1e9', '12Q', '99999999T', '1..5'])(
    'refuses "%s" with the option and what would do',
    (text) => {
      const read = (): number => parseSize('--x', text);
      expect(read).toThrow(expect.objectContaining({ kind: 'wrong-usage', field: '--x' }));
    },
  );

  it('reads limits as restic does', () => {
    expect(parseUnusedLimit('--x', '5%')).toEqual({ kind: 'percent', percent: 5 });
    expect(parseUnusedLimit('--x', 'unlimited')).toEqual({ kind: 'unlimited' });
    expect(parseUnusedLimit('--x', '200M')).toEqual({ kind: 'bytes', bytes: 209_715_200 });
    for (const wrong of ['100%', '%', '-5%', '5 %%', 'most'])
      expect(() => parseUnusedLimit('--x', wrong)).toThrow(expect.objectContaining({ field: '--x' }));
  });
});
