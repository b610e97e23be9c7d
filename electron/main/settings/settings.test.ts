import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { appFolders } from './app-folders.ts';
import { jsonFile } from './json-file.ts';
import { defaultSettings, SettingsStore } from './settings-store.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stillpoint-settings-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('appFolders', () => {
  it('follows XDG, and falls back to its defaults for what is missing or not absolute', () => {
    expect(appFolders({ XDG_CONFIG_HOME: '/c', XDG_STATE_HOME: 'relative' }, '/home/u')).toEqual({
      config: '/c/stillpoint',
      data: '/home/u/.local/share/stillpoint',
      state: '/home/u/.local/state/stillpoint',
    });
  });
});

describe('SettingsStore', () => {
  const path = (): string => join(folder, 'config', 'settings.json');
  const store = (): SettingsStore => new SettingsStore(path(), () => 0);

  it('begins with defaults and keeps a change for the next start', async () => {
    const first = store();
    expect(await first.load()).toBeUndefined();
    expect(first.current).toEqual(defaultSettings);
    await first.change({ theme: 'dark', selectedSourceId: 'photos', language: undefined });
    const second = store();
    expect(await second.load()).toBeUndefined();
    expect(second.current).toEqual({ ...defaultSettings, theme: 'dark', selectedSourceId: 'photos' });
    expect((await stat(path())).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['cut off', '{"version": 1, "theme": "da'],
    ['empty', ''],
    ['of another form', '{"version": 1, "theme": "loud"}'],
    ['of a later version', JSON.stringify({ ...defaultSettings, version: 2 })],
  ])('keeps a file that is %s aside and goes on with defaults', async (_what, content) => {
    await mkdir(join(folder, 'config'));
    await writeFile(path(), content);
    const damaged = store();
    expect(await damaged.load()).toContain('kept as');
    expect(damaged.current).toEqual(defaultSettings);
    const aside = (await readdir(join(folder, 'config'))).filter((name) => name.includes('damaged'));
    expect(aside).toHaveLength(1);
    expect(await readFile(join(folder, 'config', aside[0] ?? ''), 'utf8')).toBe(content);
  });

  it('holds a change even when the disk does not take it', async () => {
    await writeFile(join(folder, 'config'), 'a file where the folder should be');
    const stuck = new SettingsStore(path(), () => 0);
    await expect(stuck.change({ theme: 'light' })).rejects.toMatchObject({ kind: 'io', retryable: true });
    expect(stuck.current.theme).toBe('light');
  });
});

describe('jsonFile', () => {
  const number = z.object({ version: z.literal(1), n: z.number() });

  it('goes on with defaults beside a folder of its name, keeps that aside, and is written afterwards', async () => {
    const path = join(folder, 'n.json');
    await mkdir(join(path, 'inside'), { recursive: true });
    const file = jsonFile(path, number, { version: 1, n: 0 }, () => 0);
    expect(await file.load()).toEqual({
      value: { version: 1, n: 0 },
      problem: `n.json could not be read and was kept as ${path}.damaged-1970-01-01T00-00-00.000Z. The defaults are used.`,
    });
    await file.save({ version: 1, n: 7 });
    expect((await jsonFile(path, number, { version: 1, n: 0 }, () => 0).load()).value.n).toBe(7);
    expect((await readdir(folder)).length).toBe(2);
  });

  it('leaves what cannot be read where it is, and keeps it aside before it writes there', async () => {
    const path = join(folder, 'n.json');
    // It leads to itself: nobody can read it, root included.
    await symlink(path, path);
    const file = jsonFile(path, number, { version: 1, n: 0 }, () => 0);
    expect(await file.load()).toEqual({
      value: { version: 1, n: 0 },
      problem: 'n.json could not be read (ELOOP) and stays where it is. The defaults are used.',
    });
    expect(await readdir(folder)).toEqual(['n.json']);
    await file.save({ version: 1, n: 7 });
    expect((await file.load()).value.n).toBe(7);
    expect((await readdir(folder)).toSorted()).toEqual(['n.json', 'n.json.damaged-1970-01-01T00-00-00.000Z']);
  });

  it('begins with defaults where a damaged file cannot be kept aside, and does not write over it', async () => {
    const path = join(folder, 'n.json');
    await writeFile(path, '{"version": 1');
    // What it would be called is taken, by something that a file cannot replace.
    await mkdir(`${path}.damaged-1970-01-01T00-00-00.000Z`);
    const file = jsonFile(path, number, { version: 1, n: 0 }, () => 0);
    const { value, problem } = await file.load();
    expect(value.n).toBe(0);
    expect(problem).toMatch(/^n\.json could not be read and could not be kept aside \(EISDIR\)\./);
    await expect(file.save({ version: 1, n: 7 })).rejects.toMatchObject({ kind: 'io' });
    expect(await readFile(path, 'utf8')).toBe('{"version": 1');
  });

  it('begins with defaults where its folder is none', async () => {
    await writeFile(join(folder, 'file'), '');
    const file = jsonFile(join(folder, 'file', 'n.json'), number, { version: 1, n: 0 }, () => 0);
    expect((await file.load()).problem).toContain('(ENOTDIR)');
  });

  it('writes the newest of many saves, never an older one last, and leaves nothing beside it', async () => {
    const file = jsonFile(join(folder, 'n.json'), number, { version: 1, n: 0 }, () => 0);
    await Promise.all(Array.from({ length: 50 }, (_, n) => file.save({ version: 1, n })));
    expect((await file.load()).value.n).toBe(49);
    expect(await readdir(folder)).toEqual(['n.json']);
  });
});
