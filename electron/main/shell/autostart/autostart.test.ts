import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { autostart } from './autostart.ts';
import { ownCommand } from './own-command.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'stillpoint-autostart-'));
});
afterEach(() => rm(home, { recursive: true }));

const path = (): string => join(home, 'autostart', 'dev.stillpoint.Stillpoint.desktop');
const put = async (text: string): Promise<void> => {
  await mkdir(dirname(path()), { recursive: true });
  await writeFile(path(), text);
};
const running = (...command: string[]) =>
  autostart({
    configHome: home,
    command,
    writeFile: async (to, text) => {
      await mkdir(dirname(to), { recursive: true });
      await writeFile(to, text);
    },
  });

async function program(name: string): Promise<string> {
  const file = join(home, name);
  await writeFile(file, '');
  await chmod(file, 0o755);
  return file;
}

describe('set', () => {
  it('writes an entry that starts this app hidden, and removes it again', async () => {
    const start = running('/opt/Still point/stillpoint', '--hidden');
    expect(await start.isSet()).toBe(false);
    await start.set(true);
    expect(await start.isSet()).toBe(true);
    const text = await readFile(path(), 'utf8');
    expect(text).toMatch(/^\[Desktop Entry\]\nType=Application\n/);
    expect(text).toContain('\nExec="/opt/Still point/stillpoint" --hidden\n');
    await start.set(false);
    await expect(readFile(path())).rejects.toThrow('ENOENT');
    await start.set(false);
  });

  it.each(['Hidden=true', 'X-GNOME-Autostart-enabled=false'])(
    'is off where the desktop’s settings say %s, and on again when a person wants it',
    async (line) => {
      const start = running('/opt/stillpoint', '--hidden');
      await start.set(true);
      const off = (await readFile(path(), 'utf8')).replace('Terminal=', `${line}\nTerminal=`);
      await put(off);
      expect(await start.isSet()).toBe(false);
      await start.repair();
      expect(await readFile(path(), 'utf8')).toBe(off);
      await start.set(true);
      expect(await start.isSet()).toBe(true);
    },
  );

  it('leaves somebody else’s file alone and says so', async () => {
    const start = running('/opt/stillpoint', '--hidden');
    const foreign = '[Desktop Entry]\nType=Application\nExec=my-own-wrapper\n';
    await put(foreign);
    expect(await start.isSet()).toBe(false);
    await start.set(false);
    await expect(start.set(true)).rejects.toMatchObject({ kind: 'bad-input', field: 'startAtLogin' });
    expect(await readFile(path(), 'utf8')).toBe(foreign);
  });
});

describe('repair', () => {
  it('points at what runs now when what it named is gone', async () => {
    const [old, fresh] = [await program('old'), await program('fresh')];
    await running(old, '--hidden').set(true);
    await running(fresh, '--hidden').repair();
    expect(await readFile(path(), 'utf8')).toContain(`Exec=${old} --hidden`);
    await rm(old);
    await running(fresh, '--hidden').repair();
    expect(await readFile(path(), 'utf8')).toContain(`Exec=${fresh} --hidden`);
  });

  it('leaves an entry that somebody changed', async () => {
    await running(join(home, 'gone'), '--hidden').set(true);
    const edited = (await readFile(path(), 'utf8')).replace('Exec=', 'Exec=nice ');
    await put(edited);
    await running(await program('fresh'), '--hidden').repair();
    expect(await readFile(path(), 'utf8')).toBe(edited);
  });

  it('makes none where there was none', async () => {
    const start = running('/opt/stillpoint');
    await start.repair();
    expect(await start.state()).toBe('absent');
  });
});

it.each([
  ['in development', { isPackaged: false, appImage: undefined }, ['/e/electron', '/tree']],
  ['from a package', { isPackaged: true, appImage: undefined }, ['/e/electron']],
  ['from an AppImage', { isPackaged: true, appImage: '/home/u/S.AppImage' }, ['/home/u/S.AppImage']],
  ['with a variable that is no path', { isPackaged: true, appImage: 'S.AppImage' }, ['/e/electron']],
])('what runs %s', (_how, how, command) => {
  expect(ownCommand({ executable: '/e/electron', appPath: '/tree', ...how })).toEqual(command);
});
