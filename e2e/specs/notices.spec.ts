import { execFileSync } from 'node:child_process';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from '../harness/desktop-test.ts';
import { earlier } from '../harness/earlier.ts';
import { homeLike, noise, writeFiles } from '../harness/files.ts';
import type { NotificationDaemon, ShownNotification } from '../harness/notification-daemon.ts';
import { frame } from '../harness/pages/frame.ts';
import { unlockDialog } from '../harness/pages/unlock.ts';
import { keepDisplay } from '../harness/panel.ts';
import { askMain, backUp, password, protect } from '../harness/seed.ts';
import { TrayItem } from '../harness/tray-item.ts';
import { root } from '../harness/tree.ts';
import { expectVisible } from '../harness/window.ts';

test.describe.configure({ timeout: 240_000 });

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** What is true is looked at again at least once a minute. */
const nextLook = { timeout: 90_000 };

test('late: how old the last good backup is; the button makes a new one, and that withdraws it', async ({
  world,
  start,
  desktop,
}) => {
  const { source, backUp: before } = await earlier(world, join(world.folder('disk'), 'backups'), 3 * hourMs);
  await before(2 * hourMs);
  await desktop.startPanel();
  const dunst = await desktop.startNotifications();
  const { page } = await start();
  await unlock(page);
  const tray = await TrayItem.find(desktop.eyes);
  await test.step('nobody is told of what a backup of this start may make good', async () => {
    await expect(frame(page).source('Ada')).toHaveAccessibleName(/late/);
    expect(told(dunst)).not.toContain('Ada is late');
  });
  await test.step('one that fails makes nothing good', async () => {
    renameSync(source, `${source}.away`);
    await tray.choose('Back up now');
    await expect.poll(() => told(dunst)).toContain('Ada is late');
    expect(notice(dunst, 'Ada is late')).toMatchObject({ urgency: 'CRITICAL', timeout: 0 });
    expect(notice(dunst, 'Ada is late')?.body).toMatch(/^Last good backup 2 hours ago\./);
    expect(told(dunst)).toContain('Ada was not backed up');
    keepDisplay('notices-1-late');
  });
  await test.step('Back up now', async () => {
    renameSync(`${source}.away`, source);
    await dunst.press('Back up now');
    await expect(frame(page).source('Ada')).toHaveAccessibleName(/safe/);
    await expect.poll(() => dunst.displayed()).toBe(0);
  });
});

test('late because the disk is away: Connect it; withdrawn when it is there', async ({ world, start, desktop }) => {
  const { repository, backUp: before } = await earlier(world, join(world.folder('disk'), 'backups'), 3 * hourMs);
  await before(2 * hourMs);
  await desktop.startPanel();
  const dunst = await desktop.startNotifications();
  const { page } = await start();
  await unlock(page);
  const tray = await TrayItem.find(desktop.eyes);
  renameSync(repository, `${repository}.away`);
  await tray.choose('Back up now');
  await expect.poll(() => told(dunst)).toContain('Waiting for Backups');
  expect(notice(dunst, 'Waiting for Backups')).toMatchObject({
    body: 'Connect it; the backup then begins by itself. Ada: last good backup 2 hours ago.',
    urgency: 'CRITICAL',
    timeout: 0,
  });
  expect(told(dunst)).not.toContain('Ada is late');
  keepDisplay('notices-2-disk');
  await dunst.press('Show');
  await expect(page.getByRole('heading', { name: 'Repositories' })).toBeVisible();
  await expect.poll(() => dunst.displayed()).toBe(0);
  renameSync(`${repository}.away`, repository);
  await expect(frame(page).source('Ada')).toHaveAccessibleName(/late/, nextLook);
});

test('paused while something is late: the button resumes', async ({ world, start, desktop }) => {
  const { source, backUp: before } = await earlier(world, join(world.folder('disk'), 'backups'), 3 * hourMs);
  await before(2 * hourMs);
  await desktop.startPanel();
  const dunst = await desktop.startNotifications();
  const { page } = await start();
  await unlock(page);
  const tray = await TrayItem.find(desktop.eyes);
  await askMain(page, 'schedule.pause', { until: 'forever' });
  renameSync(source, `${source}.away`);
  await tray.choose('Back up now');
  await expect.poll(() => told(dunst)).toContain('Backups are paused');
  expect(notice(dunst, 'Backups are paused')).toMatchObject({
    body: 'Nothing is backed up until they are resumed. Ada: last good backup 2 hours ago.',
    urgency: 'CRITICAL',
    timeout: 0,
  });
  expect(told(dunst)).not.toContain('Ada is late');
  keepDisplay('notices-3-paused');
  await dunst.press('Resume');
  await expect.poll(async () => (await askMain(page, 'schedule.state', {})).pausedUntil).toBeNull();
  // Not paused any more, it is late: that is what is told now.
  await expect.poll(() => told(dunst)).toContain('Ada is late');
  renameSync(`${source}.away`, source);
  await dunst.press('Back up now');
  await expect.poll(() => dunst.displayed()).toBe(0);
});

test('weaker than asked for: what was reached; withdrawn when it is asked for no more', async ({
  world,
  start,
  desktop,
}) => {
  await desktop.startPanel();
  const dunst = await desktop.startNotifications();
  const source = world.folder('ada');
  writeFiles(world, source, homeLike());
  const { page } = await start();
  const made = await protect(page, source, join(world.folder('disk'), 'backups'), { name: 'Ada' });
  const [view] = await askMain(page, 'sources.list', {});
  if (!view) throw new Error('no source');
  const { id, policy } = view;
  await askMain(page, 'sources.setPolicy', { id, policy: { ...policy, requiredLevel: 'filesystem' } });
  await backUp(page, made);
  await expect.poll(() => told(dunst)).toContain('Ada: weaker than asked for');
  expect(notice(dunst, 'Ada: weaker than asked for')).toMatchObject({
    body: expect.stringMatching(/\.$/),
    urgency: 'NORMAL',
  });
  keepDisplay('notices-4-weaker');
  await dunst.press('Show');
  await expect(page.getByRole('main')).toContainText('Ada');
  await askMain(page, 'sources.setPolicy', { id, policy: { ...policy, requiredLevel: 'per-file' } });
  await expect(frame(page).source('Ada')).toHaveAccessibleName(/safe/);
  await expect.poll(() => dunst.displayed()).toBe(0);
});

test('nearly full: when, by what growth; withdrawn when there is room', async ({ world, start, desktop }) => {
  test.skip(process.getuid?.() !== 0, 'needs root to make a small filesystem');
  const disk = world.folder('disk');
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m,mode=0777', 'stillpoint-test', disk]);
  try {
    const { source, backUp: before } = await earlier(world, join(disk, 'backups'), 6 * dayMs);
    for (let day = 5; day >= 1; day -= 1) {
      writeFiles(world, source, { [`day-${day}.bin`]: noise(`day ${day}`, 4 * 1024 * 1024) });
      await before(day * dayMs);
    }
    await desktop.startPanel();
    const dunst = await desktop.startNotifications();
    const { page } = await start();
    await unlock(page);
    await test.step('not while it is not known yet what is owed: a backup of this start shows it', async () => {
      const [ada] = await askMain(page, 'sources.list', {});
      await backUp(page, { sourceId: ada?.id ?? '', repositoryId: '' });
    });
    const title = /^Backups will be full in about \d+ days$/;
    await expect.poll(() => told(dunst).filter((summary) => title.test(summary)), nextLook).toHaveLength(1);
    const shown = dunst.shown().find(({ summary }) => title.test(summary));
    expect(shown?.body).toMatch(
      /^It grows by [\d.]+ MiB a day, and [\d.]+ MiB are free\. Nothing is deleted beyond the keep rules\.$/,
    );
    expect(shown?.urgency).toBe('NORMAL');
    keepDisplay('notices-5-full-soon');
    execFileSync('mount', ['-o', 'remount,size=4g', disk]);
    await expect.poll(() => dunst.displayed(), nextLook).toBe(0);
    execFileSync('mount', ['-o', 'remount,size=64m', disk]);
    await expect.poll(() => dunst.displayed(), nextLook).toBe(1);
    await dunst.press('Free space');
    await expect(page.getByRole('heading', { name: 'Repositories' })).toBeVisible();
  } finally {
    execFileSync('umount', ['--lazy', disk]);
  }
});

test('nothing can be backed up: why, and where one sees more; withdrawn when it can', async ({
  world,
  start,
  desktop,
}) => {
  await desktop.startPanel();
  const dunst = await desktop.startNotifications();
  const folder = world.folder('.helper');
  const [helper, cure] = [join(folder, 'helper'), join(folder, 'cure')];
  const program = join(root, 'electron/main/testing/fake-helper-program.ts');
  writeFileSync(helper, `#!/bin/sh\ntest -e ${cure} && exec ${process.execPath} ${program}\nexit 1\n`, { mode: 0o755 });
  const { page, close } = await start({ args: [`--helper=${helper}`] });
  const title = 'Nothing can be backed up';
  const alert = page.getByRole('alert');

  await test.step('told, and withdrawn when the helper runs', async () => {
    await expect.poll(() => told(dunst), nextLook).toEqual([title]);
    expect(notice(dunst, title)).toMatchObject({
      body: expect.stringContaining('keeps stopping'),
      urgency: 'CRITICAL',
      timeout: 0,
    });
    keepDisplay('notices-6-cannot-run');
    writeFileSync(cure, '');
    // It is not started anew at once after it stopped so often.
    await expect(async () => {
      const again = alert.getByRole('button', { name: 'Try again' });
      if (await again.isVisible()) await again.click();
      expect(dunst.displayed()).toBe(0);
    }).toPass(nextLook);
  });
  await close();

  await test.step('Show leads to the window, which says the same', async () => {
    rmSync(cure);
    const again = await start({ args: [`--helper=${helper}`] });
    await expect.poll(() => dunst.displayed(), nextLook).toBe(1);
    await dunst.press('Show');
    await expect.poll(() => dunst.displayed()).toBe(0);
    await expectVisible(again.app);
    await expect(again.page.getByRole('alert')).toContainText('keeps stopping');
  });
});

/** Until what lies in the repository is known: what is told before knows no last good backup. */
async function unlock(page: Page): Promise<void> {
  await askMain(page, 'settings.set', { firstRunDone: true });
  await page.reload();
  await unlockDialog(page).ask();
  await unlockDialog(page).give(password);
  await expect(unlockDialog(page).dialog).toBeHidden();
  await expect.poll(async () => (await askMain(page, 'sources.list', {}))[0]?.lastGood ?? null).not.toBeNull();
}

function told(dunst: NotificationDaemon): string[] {
  return dunst.shown().map(({ summary }) => summary);
}

function notice(dunst: NotificationDaemon, title: string): ShownNotification | undefined {
  return dunst.shown().findLast(({ summary }) => summary === title);
}
