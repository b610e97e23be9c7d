import { openSync } from 'node:fs';
import { expect, it } from 'vitest';
import { asStillpointError, cancelled } from '../../../shared/errors/index.ts';
import { ErrnoError } from '../system/errno.ts';
import { withSystemWords } from './system-error.ts';

it.each([
  ['ENOSPC', 28, /full/],
  ['EMFILE', 24, /open at once/],
  ['EIO', 5, /log/],
])('says what can be done about %s', (code, errno, words) => {
  const error = asStillpointError(withSystemWords(new ErrnoError(errno, 'write', '/mnt/a')));
  expect(error).toMatchObject({
    kind: 'io',
    retryable: true,
    context: { code },
    guidance: expect.stringMatching(words),
  });
  expect(error.message).toContain('/mnt/a');
});

it('leaves defects and what has words of its own', () => {
  const own = cancelled();
  expect(withSystemWords(own)).toBe(own);
  const defect = new TypeError('x is not a function');
  expect(withSystemWords(defect)).toBe(defect);
  const odd = thrownBy(() => openSync('/nowhere/at/all', 'r'));
  expect(withSystemWords(odd)).toBe(odd);
});

function thrownBy(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
