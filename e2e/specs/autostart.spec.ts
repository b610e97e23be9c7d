import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asUser } from '../harness/as-user.ts';
import { expect, test } from '../harness/desktop-test.ts';
import { endProcess } from '../harness/end-process.ts';
import { homeLike, writeFiles } from '../harness/files.ts';
import { askMain, protect } from '../harness/seed.ts';
import { registeredItems, TrayItem } from '../harness/tray-item.ts';
import { ended } from '../harness/window.ts';
import type { World } from '../harness/world.ts';

const entryOf = (world: World): string => join(world.home, '.config/autostart/dev.stillpoint.Stillpoint.desktop');
const startsAtLogin = async (page: Parameters<typeof askMain>[0]): Promise<boolean> =>
  (await askMain(page, 'schedule.state', {})).startsAtLogin;

test('begins at login once something is protected, as a desktop would start it', async ({ world, start, desktop }) => {
  const source = world.folder('ada');
  writeFiles(world, source, homeLike());
  const entry = entryOf(world);
  const { page, app } = await start();

  await test.step('not before', async () => {
    expect(existsSync(entry)).toBe(false);
    expect(await startsAtLogin(page)).toBe(false);
  });

  await test.step('then it does', async () => {
    await protect(page, source, join(world.folder('disk'), 'backups'), { name: 'Ada' });
    await expect.poll(() => existsSync(entry)).toBe(true);
    await expect.poll(() => startsAtLogin(page)).toBe(true);
    expect(readFileSync(entry, 'utf8')).toMatch(/^Exec=\S+\/electron \S+ --hidden$/m);
  });

  await test.step('switched off by the desktop’s own settings it stays off', async () => {
    const text = readFileSync(entry, 'utf8');
    writeFileSync(entry, `${text.trimEnd()}\nHidden=true\n`);
    expect(await startsAtLogin(page)).toBe(false);
    writeFileSync(entry, text);
    expect(await startsAtLogin(page)).toBe(true);
  });

  await test.step('taken back and wanted again', async () => {
    await askMain(page, 'settings.set', { startAtLogin: false });
    expect(existsSync(entry)).toBe(false);
    await askMain(page, 'settings.set', { startAtLogin: true });
    expect(existsSync(entry)).toBe(true);
  });

  await test.step('what a login starts is there, in the tray, and without a window', async () => {
    const gone = ended(app);
    process.kill(app.process().pid ?? 0, 'SIGTERM');
    expect(await gone).toBe(0);
    await desktop.startPanel();
    // gio reads the entry as a desktop does, quotes and all.
    const [program = '', ...args] = asUser(world.user, ['gio', 'launch', entry]);
    const env = { ...world.environment, DBUS_SESSION_BUS_ADDRESS: desktop.bus.address };
    const login = spawn(program, args, { env, cwd: '/', stdio: 'ignore' });
    try {
      const tray = await TrayItem.find(desktop.eyes);
      await expect.poll(() => tray.words()).toContain('Open Stillpoint');
      expect(pagesOf(world)).toEqual([]);
      await tray.choose('Open Stillpoint');
      await expect.poll(() => pagesOf(world)).toHaveLength(1);
      // Where the keyring is not open the app begins anew to show its window: the item is another one then.
      await (await TrayItem.find(desktop.eyes)).choose('Quit');
      await expect.poll(() => registeredItems(desktop.eyes)).toEqual([]);
    } finally {
      await endProcess(login);
    }
  });
});

test('points at what runs now after the app was moved', async ({ world, start }) => {
  const entry = entryOf(world);
  const { page, close } = await start();
  await askMain(page, 'settings.set', { startAtLogin: true });
  await close();
  const written = readFileSync(entry, 'utf8');
  const moved = written.replace(/^Exec=\S+/m, 'Exec=/opt/former/stillpoint');
  writeFileSync(entry, moved);
  const again = await start();
  await expect.poll(() => readFileSync(entry, 'utf8')).toBe(written);
  expect(await startsAtLogin(again.page)).toBe(true);
});

/** Processes that draw a page of this world's app. */
function pagesOf(world: World): string[] {
  return readdirSync('/proc').filter((pid) => {
    const line = /^\d+$/.test(pid) ? commandLine(pid) : '';
    return line.includes('--type=renderer') && line.includes(world.home);
  });
}

function commandLine(pid: string): string {
  try {
    return readFileSync(join('/proc', pid, 'cmdline'), 'utf8');
  } catch {
    return '';
  }
}
