import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '../harness/desktop-test.ts';
import { homeLike, writeFiles } from '../harness/files.ts';
import { frame } from '../harness/pages/frame.ts';
import { unlockDialog } from '../harness/pages/unlock.ts';
import { keepDisplay } from '../harness/panel.ts';
import { askMain, password, protect } from '../harness/seed.ts';
import { TrayItem } from '../harness/tray-item.ts';
import { closeWindow, expectHidden, expectVisible, visibleWindows } from '../harness/window.ts';

test('a backup that fails is told, leads to what happened, and is withdrawn when it is good again', async ({
  world,
  start,
  desktop,
}) => {
  await desktop.startPanel();
  const dunst = await desktop.startNotifications();
  const source = world.folder('ada');
  writeFiles(world, source, homeLike());
  const { page, app } = await start();
  await protect(page, source, join(world.folder('disk'), 'backups'), { name: 'Ada <3 & Co' });
  const tray = await TrayItem.find(desktop.eyes);

  await test.step('closing the window for the first time tells where it went', async () => {
    await closeWindow(app);
    await expectHidden(app);
    await expect.poll(dunst.shown).toMatchObject([{ summary: 'Stillpoint keeps making backups', urgency: 'LOW' }]);
    keepDisplay('notifications-1-hint');
    dunst.closeAll();
    await tray.click();
    await expectVisible(app);
    await closeWindow(app);
    await expectHidden(app);
    expect(dunst.shown()).toHaveLength(1);
  });

  await test.step('it failed', async () => {
    renameSync(source, `${source}.away`);
    await expect.poll(() => tray.words()).toContain('Back up now');
    await tray.choose('Back up now');
    await expect.poll(() => dunst.shown().length).toBe(2);
    expect(dunst.shown()[1]).toMatchObject({
      summary: 'Ada <3 & Co was not backed up',
      body: `${source} is not there. Plug in its disk or mount it, or choose another folder.`,
      urgency: 'CRITICAL',
      timeout: 0,
      desktopEntry: 'dev.stillpoint.Stillpoint',
    });
    expect(dunst.displayed()).toBe(1);
    keepDisplay('notifications-2-failed');
  });

  await test.step('Show leads there', async () => {
    await dunst.press('Show');
    await expectVisible(app);
    await expect(page.getByRole('heading', { name: 'Activity' })).toBeVisible();
    await expect.poll(() => dunst.displayed()).toBe(0);
  });

  await test.step('what a person has seen is not told again while it is the same', async () => {
    await tray.choose('Back up now');
    await expect
      .poll(
        async () =>
          (await askMain(page, 'runs.list', { limit: 5 })).filter(({ outcome }) => outcome === 'failed').length,
      )
      .toBe(2);
    await expect.poll(() => tray.words()).toContain('Back up now');
    expect(dunst.shown()).toHaveLength(2);
  });
});

test('a button does what it says, and what is not true any more is withdrawn', async ({ world, start, desktop }) => {
  await desktop.startPanel();
  const dunst = await desktop.startNotifications();
  const source = world.folder('ada');
  writeFiles(world, source, homeLike());
  const { page } = await start();
  await protect(page, source, join(world.folder('disk'), 'backups'), { name: 'Ada' });
  const tray = await TrayItem.find(desktop.eyes);
  const fail = async (): Promise<void> => {
    renameSync(source, `${source}.away`);
    await expect.poll(() => tray.words()).toContain('Back up now');
    await tray.choose('Back up now');
    await expect.poll(() => dunst.displayed()).toBe(1);
  };

  await test.step('Back up now', async () => {
    await fail();
    renameSync(`${source}.away`, source);
    await dunst.press('Back up now');
    await expect(frame(page).source('Ada')).toHaveAccessibleName(/safe/);
    await expect.poll(() => dunst.displayed()).toBe(0);
  });

  await test.step('made good from elsewhere', async () => {
    await fail();
    renameSync(`${source}.away`, source);
    await tray.choose('Back up now');
    await expect(frame(page).source('Ada')).toHaveAccessibleName(/safe/);
    await expect.poll(() => dunst.displayed()).toBe(0);
  });

  await test.step('a daemon that is started anew shows what still holds', async () => {
    await fail();
    await dunst.stop();
    const again = await desktop.startNotifications();
    await expect.poll(() => again.displayed()).toBe(1);
    // A click on the notification itself leads to the same place as its button.
    again.click();
    await expect(page.getByRole('heading', { name: 'Activity' })).toBeVisible();
    renameSync(`${source}.away`, source);
  });

  await test.step('success is told only where that is wanted', async () => {
    const before = dunst.shown().length;
    await tray.choose('Back up now');
    await expect.poll(() => tray.words()).toContain('(Ada is safe)');
    expect(dunst.shown()).toHaveLength(before);
    await askMain(page, 'settings.set', { notifySuccess: true });
    await tray.choose('Back up now');
    await expect
      .poll(() => dunst.shown().at(-1))
      .toMatchObject({ summary: expect.stringMatching(/^Ada/), urgency: 'LOW' });
    keepDisplay('notifications-3-success');
  });
});

test('started at login, a notification makes the window and leads to what it is about', async ({
  world,
  start,
  startHidden,
  desktop,
}) => {
  await desktop.startPanel();
  const dunst = await desktop.startNotifications();
  const source = world.folder('ada');
  writeFiles(world, source, homeLike());
  const first = await start();
  await protect(first.page, source, join(world.folder('disk'), 'backups'), { name: 'Ada' });
  await first.close();

  const { app } = await startHidden();
  const tray = await TrayItem.find(desktop.eyes);
  await expect.poll(() => tray.words()).toContain('Back up now');
  await tray.choose('Back up now');
  await expect.poll(() => dunst.shown().at(-1)?.summary).toBe('Waiting for the password of Backups');
  expect(await visibleWindows(app)).toEqual([]);
  const made = app.waitForEvent('window');
  await dunst.press('Unlock');
  const unlock = unlockDialog(await made);
  await expectVisible(app);
  await unlock.give(password);
  await expect.poll(() => dunst.displayed()).toBe(0);
});
