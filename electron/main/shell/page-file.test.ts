import { describe, expect, it } from 'vitest';
import { pageFile } from './page-file.ts';

describe('pageFile', () => {
  it.each([
    ['stillpoint://app/index.html', '/out/renderer/index.html'],
    ['stillpoint://app/assets/a%20b.js?x#y', '/out/renderer/assets/a b.js'],
    ['stillpoint://app/../../etc/passwd', '/out/renderer/etc/passwd'],
    ['stillpoint://app/%2e%2e/%2e%2e/etc/passwd', '/out/renderer/etc/passwd'],
    ['stillpoint://app/..%2f..%2fetc/passwd', undefined],
    ['stillpoint://app/%00', undefined],
    ['stillpoint://app/%zz', undefined],
    ['stillpoint://app/', undefined],
    ['stillpoint://other/index.html', undefined],
    ['nonsense', undefined],
  ])('%s', (address, expected) => {
    expect(pageFile(address, '/out/renderer')).toBe(expected);
  });

  it('does not take a sibling with a longer name for the folder', () => {
    expect(pageFile('stillpoint://app/..%2frenderer-old/x.js', '/out/renderer')).toBeUndefined();
  });
});
