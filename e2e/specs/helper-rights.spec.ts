import { chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openBusyFilesystem } from '../harness/busy-filesystem.ts';
import { homeLike, writeFiles } from '../harness/files.ts';
import { installHelper, whyNotInstallable } from '../harness/installed-helper.ts';
import { frame } from '../harness/pages/frame.ts';
import { snapshotDetails } from '../harness/pages/snapshot-details.ts';
import { timeline } from '../harness/pages/timeline.ts';
import { keepScreens } from '../harness/screens.ts';
import { protect } from '../harness/seed.ts';
import { expect, test } from '../harness/test.ts';

const missing = whyNotInstallable();
test.skip(missing !== undefined, missing ?? '');

test('rights: not given, the app goes on; given, a busy filesystem is held still', async ({ world, start }) => {
  const helper = await installHelper();
  const filesystem = await openBusyFilesystem(world, 'ext4', 128);
  const running = await start();
  try {
    const data = join(filesystem.mountPoint, 'data');
    world.makeFolder(data);
    writeFiles(world, data, homeLike());
    const secret = join(data, 'only-for-root');
    writeFileSync(secret, 'root’s own\n', { mode: 0o600 });
    chownSync(secret, 0, 0);
    const writer = await filesystem.startWriter('writer');
    const { page } = running;
    await protect(page, filesystem.mountPoint, join(world.folder('disk'), 'backups'), {
      name: 'Service',
      longestStallMs: 1000,
    });
    const { backUpNow, cards, go, toTimeline } = frame(page);
    const lanes = timeline(page);
    const details = snapshotDetails(page);
    const keep = (screen: string): Promise<void> => keepScreens(page, import.meta.filename, screen);

    await test.step('nobody there to ask: said in words, and backed up live', async () => {
      await go('Settings');
      await page.getByRole('main').getByRole('button', { name: 'Allow…' }).click();
      await expect(page.getByText(/Nobody could be asked for permission/)).toBeVisible();
      await keep('1-nobody-asked');
      await toTimeline();
      await backUpNow();
      await expect(cards).toContainText(/moments mixed|Changed while copied|Nothing changed/);
      await keep('2-live');
    });

    await test.step('given: the same source is held still', async () => {
      await helper.consentFor(world.user);
      await go('Settings');
      await page.getByRole('main').getByRole('button', { name: 'Allow…' }).click();
      await expect(page.getByText('Stillpoint may hold filesystems still.')).toBeVisible();
      await keep('3-given');
      await toTimeline();
      await backUpNow();
      await expect(cards).toContainText(/Held still for [\d.]+\s(ms|s)/);
      await writer.moreSteps(50);
      await keep('4-held');
    });

    await test.step('the evidence, and that the caller’s rights were kept', async () => {
      await lanes.selectNewest();
      await expect(details.fact('Level')).toContainText('filesystem');
      await expect(details.fact('Frozen')).toContainText('→');
      await expect(details.fact('The pause ended')).toContainText('confirmed');
      await expect(details.fact('Unreadable')).toContainText('only-for-root');
      await keep('5-evidence');
    });

    await test.step('copied first and held for the rest: what was read when, who could write, and each condition', async () => {
      await expect(details.fact('Method')).toContainText('precopy-freeze');
      await expect(details.taken).toContainText('The pause does not grow with the data.');
      await details.showSteps();
      await expect(details.step('Copied while writers went on')).toContainText(/\d+ files?, .+ in /);
      await expect(details.step('The pause by the kernel')).toContainText(/freeze .+, the rest .+, thaw /);
      await expect(details.step('Open for writing')).toContainText('looked at again in the pause');
      await expect(details.step('In doubt')).toHaveText('nothing');
      await expect(details.conditions).toHaveCount(8);
      await expect(details.conditions.filter({ has: page.getByRole('img', { name: 'not met' }) })).toHaveCount(0);
      await keep('6-every-step');
    });
    await writer.stop();
  } finally {
    await running.close();
    await filesystem.close();
    await helper.remove();
  }
});
