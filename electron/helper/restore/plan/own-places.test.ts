import { describe, expect, it } from 'vitest';
import { plainFileOps } from '../../system/file-ops.ts';
import { OwnPlaces } from './own-places.ts';

describe('own places', () => {
  const own = new OwnPlaces(['/no/such/repository'], plainFileOps);
  it.each<[string, boolean, boolean]>([
    ['/no/such/repository', true, true],
    ['/no/such/repository/data/00', true, true],
    ['/no/such', false, true],
    ['/', false, true],
    ['/no/such/repository-2', false, false],
    ['/no/such/repo', false, false],
    ['/other', false, false],
  ])('%s: inside %s, taken along %s', (path, inside, touched) => {
    expect(own.isInside(Buffer.from(path))).toBe(inside);
    expect(own.touches(Buffer.from(path))).toBe(touched);
  });
});
