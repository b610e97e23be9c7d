import { describe, expect, it } from 'vitest';
import { pathInFilesystem } from './source-path.ts';
import { factsOfNothing } from './testing/facts-of-nothing.ts';

function pathOf(root: Buffer | string, mountPoint: string, mountRoot: string): Buffer {
  return pathInFilesystem(factsOfNothing('ext4', { root: Buffer.from(root), mount: { mountPoint, root: mountRoot } }));
}

describe('where a source lies in its filesystem', () => {
  it.each([
    ['at its root', '/home', '/home', '/', ''],
    ['in a folder', '/home/someone/data', '/home', '/', 'someone/data'],
    ['on the system’s own', '/home/someone', '/', '/', 'home/someone'],
    ['at what a bind mount shows', '/shown', '/shown', '/inner/folder', 'inner/folder'],
    ['below what a bind mount shows', '/shown/a', '/shown', '/inner', 'inner/a'],
    ['nowhere, when the mount is another by now', '/home', '/elsewhere', '/', '..'],
  ])('%s', (_name, root, mountPoint, mountRoot, path) => {
    expect(pathOf(root, mountPoint, mountRoot).toString()).toBe(path);
  });

  it('keeps names that are no text', () => {
    const name = Buffer.from([0xff, 0xfe, 0x20]);
    const root = Buffer.concat([Buffer.from('/home/\u00fc/'), name]);
    expect(pathOf(root, '/home', '/')).toEqual(Buffer.concat([Buffer.from('\u00fc/'), name]));
  });
});
