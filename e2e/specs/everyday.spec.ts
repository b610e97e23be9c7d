import { renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { homeLike, noise, writeFiles } from '../harness/files.ts';
import { expect, test } from '../harness/keyring-test.ts';
import type { RunningProcess } from '../harness/launch.ts';
import { activity } from '../harness/pages/activity.ts';
import { addSource } from '../harness/pages/add-source.ts';
import { excludes } from '../harness/pages/excludes.ts';
import { firstRun } from '../harness/pages/first-run.ts';
import { frame } from '../harness/pages/frame.ts';
import { settingsPage } from '../harness/pages/settings.ts';
import { timeline } from '../harness/pages/timeline.ts';
import { unlockDialog } from '../harness/pages/unlock.ts';
import { keepScreens } from '../harness/screens.ts';
import { askMain, password, protect } from '../harness/seed.ts';
import { TrayItem } from '../harness/tray-item.ts';
import { expectVisible, visibleWindows } from '../harness/window.ts';
import type { World } from '../harness/world.ts';
import { commandLineIn } from '../harness/world-command-line.ts';

const keep = (page: Page, screen: string): Promise<void> => keepScreens(page, import.meta.filename, screen);
const hourMs = 3_600_000;
/** A look comes at least once a minute. */
const nextLook = { timeout: 90_000 };

test('from the first door to backups that come by themselves', async ({ world, login, desktop }) => {
  test.setTimeout(420_000);
  await desktop.startPanel();
  const home = world.folder('ada');
  const files = homeLike();
  writeFiles(world, home, { ...files, ...leftOut });
  const repository = join(world.folder('disk'), 'backups');
  const first = await login.start();

  await test.step('what is left out is told with its size, and what will go on by itself', async () => {
    const { page } = first;
    const door = firstRun(page);
    await door.protectThisComputer();
    await door.folder.fill(home);
    const out = excludes(page);
    await expect(out.group).toContainText('caches (300 KiB), the trash (200 KiB), browser caches, Flatpak caches');
    await expect(door.schedule).toBeInViewport({ ratio: 1 });
    await keep(page, '1-left-out');
    await out.group.getByRole('button', { name: 'Change: left out' }).click();
    await expect(out.preset('Caches')).toContainText('300 KiB');
    await expect(out.preset('The trash')).toContainText('200 KiB');
    await expect(out.preset('Build outputs and caches that are marked as such')).toContainText(/50(\.\d)?\sKiB/);
    await expect(out.preset('Caches of Flatpak apps')).toContainText('nothing here');
    // The tag itself stays, so that a restored folder is one that is left out again.
    await expect(out.sum).toContainText(`Backed up: ${Object.keys(files).length + 1} files`);
    await expect(door.schedule).toContainText(/Every hour.*once a day on battery.*24 hourly/i);
    await door.schedule.scrollIntoViewIfNeeded();
    await keep(page, '1b-unfolded');
    await door.next();
    await door.anotherFolder();
    await door.folder.fill(repository);
    await door.next();
    await door.givePassword(password);
    await door.startFirstBackup();
    await expect(door.running).toContainText('Your first backup is done.');
    await door.later();
    await expect(frame(page).source('ada')).toHaveAccessibleName(/safe/);
    await keep(page, '2-safe');
  });

  await test.step('another source: when it will run, in words and times', async () => {
    await addOnly(world, first.page, 'Photos', { 'a.jpg': noise('a', 4096) }, async (form) => {
      await expect(form).toContainText('Every hour');
      await expect(form).toContainText(/Next: (today|tomorrow)?.*\d:00/i);
      await form.getByRole('button', { name: 'Change: When' }).click();
      await form.getByRole('radio', { name: 'Every hour, or every few hours' }).scrollIntoViewIfNeeded();
      await keep(first.page, '3-when');
    });
    await expect(frame(first.page).source('Photos')).toHaveAccessibleName(/no snapshot yet/);
    await first.close();
  });

  await test.step('after a login it is backed up by itself, with nothing asked', async () => {
    const hidden = await login.startHidden();
    await expect.poll(() => trayWords(desktop)).toContain('(All 2 are safe)');
    expect(await visibleWindows(hidden.app)).toEqual([]);
    const page = await raised(hidden);
    await frame(page).go('Activity');
    await activity(page).select('Back up Photos');
    await expect(activity(page).fact('Asked for')).toContainText('by the schedule');
    await keep(page, '4-by-the-schedule');
    await activity(page).select('Back up ada');
    await expect(activity(page).fact('Asked for')).toContainText('by you');
    await frame(page).toTimeline();
    await addOnly(world, page, 'Letters', { 'to-bob.txt': 'Dear Bob\n' });
    await hidden.close();
  });

  await test.step('the repository is away: it waits, says so, and goes on when it is back', async () => {
    renameSync(repository, `${repository}-unplugged`);
    const hidden = await login.startHidden();
    await expect.poll(() => trayWords(desktop)).toContain('(ada, Photos and Letters: waiting for Backups)');
    const page = await raised(hidden);
    await expect(frame(page).source('Letters')).toHaveAccessibleName(/Waiting for Backups/);
    // Letters has no snapshot yet; the two others are as safe as they were.
    await expect(page.getByTestId('summary')).toContainText('2 of 3 safe.');
    await expect(page.getByTestId('summary')).not.toContainText('Next');
    await keep(page, '5-disk-away');
    renameSync(`${repository}-unplugged`, repository);
    await expect(frame(page).source('Letters')).toHaveAccessibleName(/safe/, nextLook);
    await keep(page, '6-disk-back');
    await addOnly(world, page, 'Music', { 'song.ogg': noise('song', 4096) });
    await hidden.close();
  });

  await test.step('paused, nothing runs by itself; resumed, it does', async () => {
    const before = await login.startHidden();
    const page = await raised(before);
    await frame(page).go('Settings');
    const settings = settingsPage(page);
    await settings.pause('Until I resume');
    await expect(page.getByText(/Paused until you resume/)).toBeVisible();
    await keep(page, '7-paused');
    await frame(page).toTimeline();
    await addOnly(world, page, 'Maps', { 'here.gpx': '<gpx/>\n' });
    await before.close();

    const after = await login.startHidden();
    const window = await raised(after);
    await expect(window.getByRole('main')).toContainText('Scheduled backups are paused');
    await frame(window).source('Maps').click();
    await expect(frame(window).source('Maps')).toHaveAccessibleName(/no snapshot yet/);
    await keep(window, '8-held-back');
    await frame(window).go('Settings');
    await settingsPage(window).resume();
    await frame(window).toTimeline();
    await expect(frame(window).source('Maps')).toHaveAccessibleName(/safe/, nextLook);
    await after.close();
  });
});

test('without a password store a start waits for the password, and goes on when it is given', async ({
  world,
  start,
  startHidden,
  desktop,
}) => {
  test.setTimeout(240_000);
  await desktop.startPanel();
  const source = world.folder('ada');
  writeFiles(world, source, homeLike());
  const before = await start();
  await protect(before.page, source, join(world.folder('disk'), 'backups'), { name: 'Ada' });
  await before.close();
  const hidden = await startHidden();
  await expect.poll(() => trayWords(desktop)).toContain('(Ada: waiting for the password of Backups)');
  const page = await raised(hidden);
  await expect(frame(page).source('Ada')).toHaveAccessibleName(/Waiting for the password of Backups/);
  await expect(page.getByTestId('summary')).toContainText('0 of 1 safe. Ada: waiting for the password of Backups.');
  await expect(page.getByTestId('summary')).not.toContainText('Next');
  await keep(page, '9-password');
  await unlockDialog(page).ask();
  await unlockDialog(page).give(password);
  await expect(frame(page).source('Ada')).toHaveAccessibleName(/safe/, nextLook);
  await frame(page).go('Activity');
  await activity(page).select('Back up Ada');
  await expect(activity(page).fact('Asked for')).toContainText('by the schedule');
  await keep(page, '10-password-given');
});

test('what the command line did and what was missed meanwhile is one history', async ({ world, startHidden }) => {
  test.setTimeout(240_000);
  const source = world.folder('ada');
  writeFiles(world, source, homeLike());
  const repository = join(world.folder('disk'), 'backups');
  const passwordFile = join(world.home, 'password');
  writeFiles(world, world.home, { password: `${password}\n` });
  const yesterday = { agoMs: 26 * hourMs };
  const run = async (...args: readonly string[]): Promise<void> => {
    const all = [...args, '--repo', repository, '--password-file', passwordFile];
    const { code, records, stderr } = await commandLineIn(world, all, yesterday);
    expect({ code, records, stderr }).toMatchObject({ code: 0 });
  };

  await test.step('yesterday, by the command line', async () => {
    await run('init', '--name', 'Backups');
    await run('sources', 'add', source, '--name', 'Ada', '--every', '1h', '--on-battery', 'as-usual');
    await run('run-due');
  });

  await test.step('today, in the app: one snapshot is there, and what was missed is told', async () => {
    const hidden = await startHidden();
    const page = await raised(hidden);
    await askMain(page, 'settings.set', { firstRunDone: true });
    await page.reload();
    await unlockDialog(page).ask();
    await unlockDialog(page).give(password);
    await expect(frame(page).source('Ada')).toHaveAccessibleName(/safe/, nextLook);
    await timeline(page).asTable();
    // Its clock was behind that of the files, so the first could not show that nobody wrote.
    await expect(timeline(page).rows(/Nothing changed|Files whole/)).toHaveCount(2);
    await expect(timeline(page).rows(/2\d runs were not made/)).toHaveCount(1);
    await keep(page, '11-missed-table');
    await timeline(page).asLanes();
    await frame(page).source('Ada').click();
    await expect(page.getByRole('heading', { name: 'Runs that were not made' })).toBeVisible();
    await expect(page.getByText(/2\d runs were not made\. .*Stillpoint was not running/).first()).toBeVisible();
    await keep(page, '12-missed');
  });
});

const kib = 1024;
const leftOut = {
  '.cache/thumbnails/a.png': noise('thumbnail', 300 * kib),
  '.local/share/Trash/files/old.bin': noise('old', 200 * kib),
  'Projects/clock/target/CACHEDIR.TAG': 'Signature: 8a477f597d28d172789f06886806bc55\n',
  'Projects/clock/target/clock.o': noise('object', 50 * kib),
};

async function trayWords(desktop: { readonly eyes: Parameters<typeof TrayItem.find>[0] }): Promise<string[]> {
  return (await TrayItem.find(desktop.eyes)).words().catch(() => []);
}

/** Starts it a second time, as a person does who wants to see it. */
async function raised(running: RunningProcess): Promise<Page> {
  const shown = running.app.waitForEvent('window');
  expect(await running.startAgain()).toBe(0);
  const page = await shown;
  await expectVisible(running.app);
  await expect(page.getByRole('heading').first()).toBeVisible();
  return page;
}

/** A new folder as a source whose first backup is left to its schedule. */
async function addOnly(
  world: World,
  page: Page,
  name: string,
  files: Readonly<Record<string, string | Buffer>>,
  look?: (form: ReturnType<typeof addSource>['form']) => Promise<void>,
): Promise<void> {
  const folder = world.folder(name.toLowerCase());
  writeFiles(world, folder, files);
  await frame(page).addSource();
  const adding = addSource(page);
  await adding.folder.fill(folder);
  await adding.name.fill(name);
  await expect(adding.promise).toContainText('You will get');
  await look?.(adding.form);
  await adding.addOnly();
  await expect(frame(page).source(name)).toBeVisible();
}
