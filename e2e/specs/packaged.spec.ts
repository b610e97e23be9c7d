import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asUser } from '../harness/as-user.ts';
import { expect, test } from '../harness/desktop-test.ts';
import { endProcess } from '../harness/end-process.ts';
import { homeLike, writeFiles } from '../harness/files.ts';
import { packagedApp, whyNotPackaged } from '../harness/packaged-app.ts';
import { firstRun } from '../harness/pages/first-run.ts';
import { frame } from '../harness/pages/frame.ts';
import { snapshotDetails } from '../harness/pages/snapshot-details.ts';
import { timeline } from '../harness/pages/timeline.ts';
import { restic } from '../harness/restic.ts';
import { keepScreens } from '../harness/screens.ts';
import { askMain, password } from '../harness/seed.ts';
import { startKeyring } from '../harness/session-bus.ts';
import { registeredItems, TrayItem } from '../harness/tray-item.ts';
import { root } from '../harness/tree.ts';
import { ended } from '../harness/window.ts';
import { filesInUse, pagesOf, processesOf, statusOf } from '../harness/world-processes.ts';

const missing = whyNotPackaged();
test.skip(missing !== undefined, missing ?? '');

test('the packaged app does what the one in the tree does, out of its own folder alone', async ({
  world,
  start,
  desktop,
}) => {
  test.setTimeout(300_000);
  const packaged = await packagedApp();
  const source = world.folder('ada');
  writeFiles(world, source, homeLike());
  const repository = join(world.folder('disk'), 'backups');
  const entry = join(world.home, '.config/autostart/dev.stillpoint.Stillpoint.desktop');
  const running = await start({ packaged });
  const { page, app } = running;
  const keep = (screen: string): Promise<void> => keepScreens(page, import.meta.filename, screen);

  await test.step('a first backup through its window', async () => {
    const first = firstRun(page);
    await expect(first.welcome).toBeVisible();
    await first.protectThisComputer();
    await first.folder.fill(source);
    await expect(first.promise).toContainText('You will get');
    await first.next();
    await first.anotherFolder();
    await first.folder.fill(repository);
    await first.next();
    await first.givePassword(password);
    await first.startFirstBackup();
    await expect(first.running).toContainText('Nothing changed', { timeout: 60_000 });
    await first.later();
    await expect(frame(page).source('ada')).toHaveAccessibleName(/safe/);
    await timeline(page).selectNewest();
    await expect(snapshotDetails(page).fact('Read back')).toContainText('found right');
    await keep('1-backed-up');
    expect(restic(world, repository, 'check')).toContain('no errors were found');
  });

  await test.step('Chromium’s sandbox is on', () => {
    const pages = pagesOf(world);
    expect(pages).toHaveLength(1);
    for (const pid of pages) expect(statusOf(pid, 'Seccomp')).toBe('2');
    for (const pid of processesOf(world))
      expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).not.toContain('--no-sandbox');
  });

  await test.step('helper, catalog and window use nothing of the tree but the package', async () => {
    const own = processesOf(world).filter((pid) => filesInUse(pid).some((path) => path.startsWith(packaged.folder)));
    const commands = own.map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
    expect(commands.filter((line) => line.includes('helper.js'))).toHaveLength(1);
    expect(commands.filter((line) => line.includes('--type=utility')).length).toBeGreaterThan(0);
    const used = own.flatMap(filesInUse);
    expect(used).toContain(join(packaged.folder, 'stillpoint'));
    expect(used.filter((path) => path.startsWith(`${root}/`) && !path.startsWith(`${packaged.folder}/`))).toEqual([]);
    expect(commands.filter((line) => line.replaceAll(packaged.folder, '').includes(root))).toEqual([]);
  });

  await test.step('it begins at login', async () => {
    await expect.poll(() => existsSync(entry)).toBe(true);
    expect(readFileSync(entry, 'utf8')).toContain(`Exec=${packaged.program} --hidden`);
    expect((await askMain(page, 'schedule.state', {})).startsAtLogin).toBe(true);
  });

  await test.step('as a desktop starts it: in the tray, without a window; a second start raises it', async () => {
    const gone = ended(app);
    process.kill(app.process().pid ?? 0, 'SIGTERM');
    expect(await gone).toBe(0);
    await desktop.startPanel();
    const keyring = await startKeyring(world, desktop.bus, 'login password of ada');
    const env = { ...world.environment, DBUS_SESSION_BUS_ADDRESS: desktop.bus.address };
    const launchAs = (command: readonly string[]) => {
      const [program = '', ...args] = asUser(world.user, command);
      return spawn(program, args, { env, cwd: '/', stdio: 'ignore' });
    };
    const login = launchAs(['gio', 'launch', entry]);
    try {
      const tray = await TrayItem.find(desktop.eyes);
      await expect.poll(() => tray.words()).toContain('Open Stillpoint');
      expect(pagesOf(world)).toEqual([]);
      const second = launchAs([packaged.program]);
      await new Promise((resolve) => second.once('exit', resolve));
      await expect.poll(() => pagesOf(world)).toHaveLength(1);
      await tray.choose('Quit');
      await expect.poll(() => registeredItems(desktop.eyes)).toEqual([]);
    } finally {
      await endProcess(login);
      await keyring.stop();
    }
  });
});
