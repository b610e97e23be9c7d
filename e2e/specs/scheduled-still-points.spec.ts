import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { openBusyFilesystem } from '../harness/busy-filesystem.ts';
import { homeLike, writeFiles } from '../harness/files.ts';
import { installHelper, whyNotInstallable } from '../harness/installed-helper.ts';
import { expect, test } from '../harness/keyring-test.ts';
import type { RunningProcess } from '../harness/launch.ts';
import { activity } from '../harness/pages/activity.ts';
import { addSource } from '../harness/pages/add-source.ts';
import { frame } from '../harness/pages/frame.ts';
import { settingsPage } from '../harness/pages/settings.ts';
import { snapshotDetails } from '../harness/pages/snapshot-details.ts';
import { timeline } from '../harness/pages/timeline.ts';
import { keepScreens } from '../harness/screens.ts';
import { askMain, password, protect } from '../harness/seed.ts';
import { expectVisible } from '../harness/window.ts';

const missing = whyNotInstallable();
test.skip(missing !== undefined, missing ?? '');

test('scheduled runs copy live until one consent, hold still after it without a question, and not when it is taken back', async ({
  world,
  login,
}) => {
  test.setTimeout(300_000);
  const helper = await installHelper();
  const filesystem = await openBusyFilesystem(world, 'ext4', 256);
  const keep = (page: Page, screen: string): Promise<void> => keepScreens(page, import.meta.filename, screen);
  const folder = (name: string): string => {
    const path = join(filesystem.mountPoint, name);
    world.makeFolder(path);
    writeFiles(world, path, homeLike());
    return path;
  };
  try {
    const writer = await filesystem.startWriter('writer');
    await test.step('a source whose first backup is left to the schedule', async () => {
      const { page, close } = await login.start();
      const made = await protect(page, folder('first'), join(world.folder('disk'), 'backups'), {
        name: 'First',
        longestStallMs: 1000,
      });
      await askMain(page, 'repositories.unlock', { id: made.repositoryId, password, remember: true });
      await close();
    });

    await test.step('before consent: live, with a standing explanation', async () => {
      const hidden = await login.startHidden();
      const page = await raised(hidden);
      expect(await levelOf(page, 'First')).not.toContain('filesystem');
      await expect(page.getByText('Filesystems cannot be held still yet.')).toBeVisible();
      await keep(page, '1-live');
      await helper.consentFor(world.user);
      await frame(page).go('Settings');
      await expect(page.getByText('Scheduled backups copy live.')).toBeVisible();
      await keep(page, '2-not-allowed');
      await settingsPage(page).allowScheduled();
      await expect(page.getByText('Scheduled backups may hold still without asking.')).toBeVisible();
      await keep(page, '3-allowed');
      await frame(page).toTimeline();
      await addOnly(page, 'Second', folder('second'));
      await hidden.close();
      await helper.leave(world.user);
    });

    await test.step('allowed: held still by the schedule, with nobody there to ask', async () => {
      const hidden = await login.startHidden();
      const page = await raised(hidden);
      expect(await levelOf(page, 'Second')).toContain('filesystem');
      await writer.moreSteps(50);
      await keep(page, '4-held');
      await frame(page).go('Activity');
      await activity(page).select('Back up Second');
      await expect(activity(page).fact('Asked for')).toContainText('by the schedule');
      await expect(activity(page).fact('Held')).toContainText(/[\d.]+\s(ms|s)/);
      await keep(page, '5-by-the-schedule');
      await helper.consentFor(world.user);
      await frame(page).toTimeline();
      await addOnly(page, 'Third', folder('third'));
      await frame(page).go('Settings');
      await settingsPage(page).withdrawScheduled();
      await expect(page.getByText('Scheduled backups copy live.')).toBeVisible();
      await hidden.close();
      await helper.leave(world.user);
    });

    await test.step('taken back: live again', async () => {
      const hidden = await login.startHidden();
      const page = await raised(hidden);
      expect(await levelOf(page, 'Third')).not.toContain('filesystem');
      await expect(page.getByText('Scheduled backups copy live for now.')).toBeVisible();
      await expect(frame(page).source('Third')).toHaveAccessibleName(/Scheduled backups hold nothing still until/);
      await keep(page, '6-live-again');
      await hidden.close();
    });
    await writer.stop();
  } finally {
    await filesystem.close();
    await helper.remove();
  }
});

/** Starts it a second time, as a person does who wants to see it. */
async function raised(running: RunningProcess): Promise<Page> {
  const shown = running.app.waitForEvent('window');
  expect(await running.startAgain()).toBe(0);
  const page = await shown;
  await expectVisible(running.app);
  return page;
}

/** Waits for the snapshot of a source and reads its level in the proof. */
async function levelOf(page: Page, name: string): Promise<string> {
  await expect(frame(page).source(name)).not.toHaveAccessibleName(/no snapshot yet|running|waiting/i, {
    timeout: 60_000,
  });
  await frame(page).source(name).click();
  await timeline(page).selectNewest();
  const level = snapshotDetails(page).fact('Level');
  await expect(level).not.toBeEmpty();
  return (await level.textContent()) ?? '';
}

async function addOnly(page: Page, name: string, path: string): Promise<void> {
  await frame(page).addSource();
  const adding = addSource(page);
  await adding.folder.fill(path);
  await adding.name.fill(name);
  await expect(adding.promise).toContainText('You will get');
  await adding.addOnly();
  await expect(frame(page).source(name)).toBeVisible();
}
