import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compiledFolder } from './compiled-folder.ts';

describe('the folder of compiled code', () => {
  let home: string;
  const ours = process.geteuid?.() ?? 0;
  const folderFor = (uid?: number) => compiledFolder({ XDG_CACHE_HOME: join(home, 'cache') }, uid);

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'stillpoint-compiled-'));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  it('is made where only we can write', () => {
    const folder = folderFor();
    expect(folder).toBe(join(home, 'cache/stillpoint/compiled'));
    expect(statSync(folder ?? '').mode & 0o777).toBe(0o700);
  });

  it('is not used where somebody else could put code: in a folder of theirs, or one that is open to them', () => {
    expect(folderFor(ours + 1)).toBeNull();
    for (const part of ['', 'cache', 'cache/stillpoint', 'cache/stillpoint/compiled']) {
      expect(folderFor()).not.toBeNull();
      chmodSync(join(home, part), 0o770);
      expect(folderFor(), part).toBeNull();
      chmodSync(join(home, part), 0o700);
    }
    // Others cannot replace what is in it, but they can add to it.
    chmodSync(folderFor() ?? '', 0o1777);
    expect(folderFor()).toBeNull();
  });

  it.skipIf(ours !== 0)('is not made by root in the home of somebody else (only root can try)', () => {
    chownSync(home, 1234, 1234);
    expect(folderFor()).toBeNull();
    expect(existsSync(join(home, 'cache'))).toBe(false);
  });

  it('is judged by where it really is', () => {
    const open = join(home, 'open');
    mkdirSync(join(open, 'stillpoint'), { recursive: true });
    symlinkSync(open, join(home, 'cache'));
    expect(folderFor()).toBe(join(open, 'stillpoint/compiled'));
    chmodSync(open, 0o777);
    expect(folderFor()).toBeNull();
  });

  it('is done without where it cannot be made', () => {
    writeFileSync(join(home, 'cache'), 'a file');
    expect(folderFor()).toBeNull();
  });
});
