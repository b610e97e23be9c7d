import { expect, it } from 'vitest';
import { Changes } from './changes.ts';

it('tells of another value, never of the first or of the same', () => {
  let told = 0;
  const mounts = new Changes<string | undefined>(() => {
    told += 1;
  });
  const after = [undefined, undefined, 'a', 'a', 'b', undefined].map((value) => {
    mounts.is(value);
    return told;
  });
  expect(after).toEqual([0, 0, 1, 1, 2, 3]);
});
