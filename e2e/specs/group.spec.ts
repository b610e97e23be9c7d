import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { barriersOn } from '../harness/accessibility.ts';
import { openBusyFilesystem } from '../harness/busy-filesystem.ts';
import { chooseFolder } from '../harness/dialogs.ts';
import { installHelper, whyNotInstallable } from '../harness/installed-helper.ts';
import { addSource } from '../harness/pages/add-source.ts';
import { frame } from '../harness/pages/frame.ts';
import { restoreResult } from '../harness/pages/restore.ts';
import { snapshotDetails } from '../harness/pages/snapshot-details.ts';
import { timeline } from '../harness/pages/timeline.ts';
import { keepScreens } from '../harness/screens.ts';
import { protect } from '../harness/seed.ts';
import { expect, test } from '../harness/test.ts';

const missing = whyNotInstallable();
test.skip(missing !== undefined, missing ?? '');

test('two filesystems as one source: held still together, one snapshot, one file put back', async ({
  world,
  start,
}) => {
  const helper = await installHelper();
  const data = await openBusyFilesystem(world, 'ext4', 96);
  const log = await openBusyFilesystem(world, 'ext4', 96);
  const running = await start();
  try {
    const { page, app } = running;
    const writers = [await data.startWriter('writer'), await log.startWriter('writer')];
    const accounts = join(data.mountPoint, 'accounts.txt');
    const entries = join(log.mountPoint, 'entries.txt');
    writeFileSync(accounts, 'Ada 12\n');
    writeFileSync(entries, 'Ada +12\n');
    for (const path of [accounts, entries]) world.give(path);
    await protect(page, world.folder('home'), join(world.folder('disk'), 'backups'));
    const { cards, go, source, addSource: add, toTimeline } = frame(page);
    const form = addSource(page);
    const details = snapshotDetails(page);
    const keep = async (screen: string): Promise<void> => {
      await keepScreens(page, import.meta.filename, screen);
      expect(await barriersOn(page)).toEqual([]);
    };

    await test.step('a second place is added, and both can be held', async () => {
      await helper.consentFor(world.user);
      await go('Settings');
      await page.getByRole('main').getByRole('button', { name: 'Allow…' }).click();
      await expect(page.getByText('Stillpoint may hold filesystems still.')).toBeVisible();
      await add();
      await form.folder.fill(data.mountPoint);
      await expect(form.promise).toContainText('Held still');
      await chooseFolder(app, data.mountPoint);
      await form.addPlace();
      await expect(form.form.getByText('This place is in the list already.')).toBeVisible();
      await form.place(2).fill(log.mountPoint);
      await expect(form.form.getByText(/^Can be held still: ext4/)).toHaveCount(2);
      await expect(form.promise).toContainText('That instant is the same for all of them.');
      await form.name.fill('Ledger');
      await keep('1-two-places');
    });

    await test.step('both are held still, and are one entry', async () => {
      await form.addAndBackUp();
      await expect(cards).toContainText(/Held still for [\d.]+\s(ms|s)/, { timeout: 90_000 });
      for (const writer of writers) await writer.moreSteps(50);
      await toTimeline();
      await source('Ledger').click();
      await expect(page.getByRole('definition').filter({ hasText: 'held still together' })).toContainText(
        log.mountPoint,
      );
      await timeline(page).selectNewest();
      await expect(details.fact('Held together')).toContainText(data.mountPoint);
      await expect(details.fact('Held together')).toContainText(log.mountPoint);
      await expect(details.fact('Held together')).toContainText('All were held at once for');
      await expect(details.fact('Level')).toContainText('filesystem');
      await keep('2-held-together');
    });

    await test.step('one file of one place is put back, and the other place is left alone', async () => {
      for (const writer of writers) await writer.stop();
      writeFileSync(accounts, 'lost\n');
      writeFileSync(entries, 'Ada +12\nBob +3\n');
      await details.browse();
      await page.getByRole('navigation', { name: 'Places of this snapshot' }).getByText(data.mountPoint).click();
      await page.getByRole('option').filter({ hasText: 'accounts.txt' }).click();
      await page.keyboard.press(' ');
      await keep('3-browse');
      await page.getByRole('button', { name: 'Put back', exact: true }).last().click();
      await expect(restoreResult(page).result).toContainText('It is back.');
      await keep('4-put-back');
      expect(readFileSync(accounts, 'utf8')).toBe('Ada 12\n');
      expect(readFileSync(entries, 'utf8')).toBe('Ada +12\nBob +3\n');
    });
  } finally {
    await running.close();
    await data.close();
    await log.close();
    await helper.remove();
  }
});
