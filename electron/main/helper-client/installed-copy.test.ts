import { describe, expect, it } from 'vitest';
import { type FileLookup, launcherOf, verifyInstalledCopy } from './installed-copy.ts';

type Kind = 'folder' | 'file' | 'symlink' | 'socket';
interface Entry {
  readonly kind: Kind;
  readonly uid?: number;
  readonly mode?: number;
}

/** A made-up disk: absolute paths and what they are. Owned by root and closed unless said otherwise. */
function diskOf(entries: Readonly<Record<string, Entry>>): FileLookup {
  const find = (path: string): Entry => {
    const entry = entries[path];
    if (entry === undefined) throw Object.assign(new Error(path), { code: 'ENOENT' });
    return entry;
  };
  return {
    lstat: async (path) => {
      const { kind, uid = 0, mode = 0o755 } = find(path);
      return {
        uid,
        mode,
        isDirectory: () => kind === 'folder',
        isFile: () => kind === 'file',
        isSymbolicLink: () => kind === 'symlink',
      };
    },
    readdir: async (path) => {
      find(path);
      const start = path === '/' ? '/' : `${path}/`;
      return Object.keys(entries)
        .filter((each) => each !== '/' && each.startsWith(start) && !each.slice(start.length).includes('/'))
        .map((each) => each.slice(start.length));
    },
  };
}

const sound: Readonly<Record<string, Entry>> = {
  '/': { kind: 'folder' },
  '/opt': { kind: 'folder' },
  '/opt/stillpoint': { kind: 'folder' },
  '/opt/stillpoint/bin': { kind: 'folder' },
  '/opt/stillpoint/bin/stillpoint-helper': { kind: 'file' },
};

describe('verifyInstalledCopy', () => {
  it('trusts a tree that only root can write', async () => {
    expect(await verifyInstalledCopy('/opt/stillpoint', diskOf(sound))).toEqual({ trusted: true });
    expect(await verifyInstalledCopy(launcherOf('/opt/stillpoint'), diskOf(sound))).toEqual({ trusted: true });
  });

  it.each([
    ['/opt', { kind: 'folder', uid: 1000 }, 'not-root-owned'],
    ['/opt', { kind: 'folder', mode: 0o1777 }, 'writable-by-others'],
    ['/opt', { kind: 'symlink', mode: 0o777 }, 'symlink'],
    ['/opt/stillpoint', { kind: 'folder', mode: 0o775 }, 'writable-by-others'],
    ['/opt/stillpoint/bin', { kind: 'symlink' }, 'symlink'],
    ['/opt/stillpoint/bin/stillpoint-helper', { kind: 'file', uid: 1000 }, 'not-root-owned'],
    ['/opt/stillpoint/bin/stillpoint-helper', { kind: 'file', mode: 0o757 }, 'writable-by-others'],
    ['/opt/stillpoint/bin/stillpoint-helper', { kind: 'socket' }, 'special-file'],
  ] as const)('names %s as %o: %s', async (path, entry, distrust) => {
    const found = await verifyInstalledCopy('/opt/stillpoint', diskOf({ ...sound, [path]: entry }));
    expect(found).toEqual({ trusted: false, path, distrust });
  });

  it('says that there is none, and what it cannot read', async () => {
    expect(await verifyInstalledCopy('/opt/elsewhere', diskOf(sound))).toMatchObject({ distrust: 'missing' });
    const closed: FileLookup = {
      ...diskOf(sound),
      readdir: async (path) => {
        throw Object.assign(new Error(path), { code: 'EACCES' });
      },
    };
    expect(await verifyInstalledCopy('/opt/stillpoint', closed)).toMatchObject({ distrust: 'unreadable' });
  });

  it('takes no path that could mean another', async () => {
    for (const path of ['opt/stillpoint', '/opt/../opt/stillpoint', '/opt//stillpoint', '']) {
      expect(await verifyInstalledCopy(path, diskOf(sound))).toMatchObject({ distrust: 'not-absolute' });
    }
  });
});
