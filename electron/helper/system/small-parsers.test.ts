import { describe, expect, test } from 'vitest';
import { parseEffective } from './capabilities.ts';
import { ErrnoError, errnoName, hasCode } from './errno.ts';
import { isKernelAtLeast, parseKernelRelease } from './machine.ts';

describe('errno', () => {
  test('names as Node’s fs errors have them', () => {
    expect([2, 11, 16, 22, 95].map(errnoName)).toEqual(['ENOENT', 'EAGAIN', 'EBUSY', 'EINVAL', 'ENOTSUP']);
    expect(errnoName(4000)).toBe('E4000');
  });

  test('hasCode knows ours and Node’s, and nothing else', () => {
    expect(hasCode(new ErrnoError(16, 'FIFREEZE'), 'EINVAL', 'EBUSY')).toBe(true);
    expect(hasCode(Object.assign(new Error('x'), { code: 'ENOENT' }), 'ENOENT')).toBe(true);
    expect(hasCode(new Error('ENOENT'), 'ENOENT')).toBe(false);
    expect(hasCode({ code: 'ENOENT' }, 'ENOENT')).toBe(false);
  });

  test('the error says call and path', () => {
    expect(new ErrnoError(13, 'openat2', '/a/b')).toMatchObject({
      message: "EACCES: openat2 '/a/b'",
      errno: -13,
      syscall: 'openat2',
    });
  });
});

describe('capabilities', () => {
  test('bits of CapEff by name', () => {
    const status = 'Name:\tx\nCapPrm:\t000001ffffffffff\nCapEff:\t0000000000200080\nCapBnd:\t0\n';
    expect([...parseEffective(status)].sort()).toEqual(['setuid', 'sysAdmin']);
    expect(parseEffective('Name:\tx\n').size).toBe(0);
  });
});

describe('kernel release', () => {
  test.each([
    ['6.18.44-generic', 6, 18],
    ['5.4.0', 5, 4],
    ['unknown', 0, 0],
  ])('%s', (release, major, minor) => {
    expect(parseKernelRelease(release)).toEqual({ release, major, minor });
  });

  test('compares by number', () => {
    expect(isKernelAtLeast(parseKernelRelease('6.9.0'), 6, 14)).toBe(false);
    expect(isKernelAtLeast(parseKernelRelease('6.14.0'), 6, 14)).toBe(true);
    expect(isKernelAtLeast(parseKernelRelease('7.0.0'), 6, 14)).toBe(true);
  });
});
