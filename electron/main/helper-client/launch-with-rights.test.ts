import { expect, it } from 'vitest';
import { whyNotGiven } from './launch-with-rights.ts';

it('tells a no from nobody who could be asked', () => {
  expect(whyNotGiven(126, 'Error executing command as another user: Request dismissed')).toBe('refused');
  expect(whyNotGiven(127, 'Error executing command as another user: Not authorized')).toBe('refused');
  expect(whyNotGiven(127, 'Error executing command as another user: No authentication agent found.')).toBe(
    'nobody-asked',
  );
});

it('takes no other end for an answer', () => {
  for (const code of [0, 1, 64, null, undefined]) expect(whyNotGiven(code, 'Not authorized')).toBeUndefined();
});
