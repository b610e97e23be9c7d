import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
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

  it('writes the newest of many saves, never an older one last, and leaves nothing beside it', async () => {
    const file = jsonFile(join(folder, 'n.json'), number, { version: 1, n: 0 }, () => 0);
    await Promise.all(Array.from({ length: 50 }, (_, n) => file.save({ version: 1, n })));
    expect((await file.load()).value.n).toBe(49);
    expect(await readdir(folder)).toEqual(['n.json']);
  });
});
