import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { listenForAlerts } from '../harness/alert-listener.ts';
import { homeLike, writeFiles } from '../harness/files.ts';
import { expect, test } from '../harness/keyring-test.ts';
import { activity } from '../harness/pages/activity.ts';
import { frame } from '../harness/pages/frame.ts';
import { settingsPage } from '../harness/pages/settings.ts';
import { keepScreens } from '../harness/screens.ts';
import { askMain, password, protect } from '../harness/seed.ts';
import { expectVisible } from '../harness/window.ts';

test('who is away is told once that a scheduled backup failed, and once that it is good again', async ({
  world,
  login,
}) => {
  test.setTimeout(240_000);
  const source = world.folder('ada');
  writeFiles(world, source, homeLike());
  const listener = await listenForAlerts();
  const keep = (page: Parameters<typeof keepScreens>[0], screen: string): Promise<void> =>
    keepScreens(page, import.meta.filename, screen);
  try {
    await test.step('two channels are added, and a test of each answers', async () => {
      const { page, close } = await login.start();
      const made = await protect(page, source, join(world.folder('disk'), 'backups'), { name: 'Ada' });
      await askMain(page, 'repositories.unlock', { id: made.repositoryId, password, remember: true });
      await frame(page).go('Settings');
      const settings = settingsPage(page);
      const dialog = settings.alertDialog;

      await settings.addAlert('ntfy…');
      await dialog.getByRole('textbox', { name: 'Server' }).fill(listener.address);
      await dialog.getByRole('textbox', { name: 'Topic' }).fill('ada-backups');
      await dialog.getByRole('button', { name: 'Send a test' }).click();
      await expect(dialog).toContainText('The test was taken.');
      await keep(page, '1-ntfy');
      await dialog.getByRole('button', { name: 'Save' }).click();
      await expect(settings.alerts).toContainText('ntfy: ada-backups');

      await settings.addAlert('Webhook…');
      await dialog.getByRole('button', { name: 'Send a test' }).click();
      await expect(dialog).toContainText('Enter the address messages are posted to.');
      await dialog.getByLabel('Address', { exact: true }).fill(`${listener.address}/hook/refused`);
      await dialog.getByRole('button', { name: 'Send a test' }).click();
      await expect(dialog).toContainText(/did not take the message/);
      await keep(page, '2-refused');
      await dialog.getByLabel('Address', { exact: true }).fill(`${listener.address}/hook/secret-word`);
      await dialog.getByRole('textbox', { name: 'Name, for you' }).fill('House');
      await dialog.getByRole('button', { name: 'Send a test' }).click();
      await expect(dialog).toContainText('hook heard');
      await dialog.getByRole('button', { name: 'Save' }).click();
      await expect(settings.alerts).toContainText('Webhook: House');
      await expect(settings.alerts).not.toContainText('secret-word');
      // What the tests answered stays to be read.
      await expect(settings.alerts).toContainText('Test: hook heard');
      await expect(settings.alerts).not.toContainText('Nothing was sent');
      await keep(page, '3-channels');
      expect(listener.heard().map(({ path, event }) => `${path} ${event}`)).toEqual([
        '/ test',
        '/hook/secret-word test',
      ]);
      await close();
    });

    await test.step('a scheduled backup fails: one message each', async () => {
      renameSync(source, `${source}.away`);
      const hidden = await login.startHidden();
      await expect.poll(() => listener.heard().length, { timeout: 60_000 }).toBe(4);
      expect(
        listener
          .heard()
          .slice(2)
          .map(({ event }) => event),
      ).toEqual(['failed', 'failed']);
      const shown = hidden.app.waitForEvent('window');
      await hidden.startAgain();
      const page = await shown;
      await expectVisible(hidden.app);
      await frame(page).go('Activity');
      await activity(page).select('Back up Ada');
      await expect(activity(page).fact('Asked for')).toContainText('by the schedule');
      await keep(page, '4-failed');
      renameSync(`${source}.away`, source);
      await frame(page).toTimeline();
      await frame(page).backUpNow();
      await expect(frame(page).source('Ada')).toHaveAccessibleName(/safe/);
      await expect.poll(() => listener.heard().length).toBe(6);
      expect(
        listener
          .heard()
          .slice(4)
          .map(({ event }) => event),
      ).toEqual(['recovered', 'recovered']);
      await frame(page).go('Settings');
      await expect(settingsPage(page).alerts).toContainText('Last message: hook heard');
      await settingsPage(page).alerts.scrollIntoViewIfNeeded();
      await keep(page, '5-recovered');
      await hidden.close();
    });

    await test.step('the next start tells nothing again, and no file name was sent', async () => {
      const again = await login.start();
      await expect(frame(again.page).source('Ada')).toHaveAccessibleName(/safe/);
      await frame(again.page).backUpNow();
      await expect(frame(again.page).cards).toContainText('Nothing changed');
      expect(listener.heard()).toHaveLength(6);
      expect(JSON.stringify(listener.heard())).not.toMatch(/Budget|Letters/);
    });
  } finally {
    await listener.stop();
  }
});
