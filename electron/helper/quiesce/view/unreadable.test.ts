import { describe, expect, it } from 'vitest';
import { ErrnoError } from '../../system/errno.ts';
import { refusalOf } from '../precopy-freeze/live-contents.ts';
import { whyOneUnreadable } from './unreadable.ts';

describe('what one file or folder refuses', () => {
  it.each([
    [126, /locked.*encrypt/i],
    [127, /locked.*encrypt/i],
    [128, /locked.*encrypt/i],
    [129, /locked.*encrypt/i],
    [117, /damaged/],
    [74, /damaged/],
    [5, /disk reported an error/],
    [110, /ETIMEDOUT/],
  ])('is said in words for errno %d, and ends no run', (errno, words) => {
    const error = new ErrnoError(errno, 'openat2', 'x');
    expect(whyOneUnreadable(error)).toMatch(words);
    expect(refusalOf(error)).toMatchObject({ state: 'unreadable', reason: expect.stringMatching(words) });
  });

  it('is not what is wrong with ourselves', () => {
    for (const errno of [24 /* EMFILE */, 23 /* ENFILE */, 12 /* ENOMEM */, 9 /* EBADF */, 14 /* EFAULT */])
      expect(whyOneUnreadable(new ErrnoError(errno, 'openat2'))).toBeUndefined();
    expect(whyOneUnreadable(new TypeError('x is not a function'))).toBeUndefined();
    expect(() => refusalOf(new TypeError('x is not a function'))).toThrow('not a function');
  });
});
