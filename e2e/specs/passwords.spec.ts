import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { homeLike, writeFiles } from '../harness/files.ts';
import { firstRun } from '../harness/pages/first-run.ts';
import { frame } from '../harness/pages/frame.ts';
import { timeline } from '../harness/pages/timeline.ts';
import { unlockDialog } from '../harness/pages/unlock.ts';
import { keepScreens } from '../harness/screens.ts';
import { backUp, password, protect } from '../harness/seed.ts';
import { startKeyring, startSessionBus } from '../harness/session-bus.ts';
import { expect, test } from '../harness/test.ts';

test('without a secret store the password is asked for once per start, and a wrong one is told', async ({
  world,
  start,
}) => {
  const source = world.folder('ada');
  writeFiles(world, source, homeLike());
  const before = await start();
  await backUp(before.page, await protect(before.page, source, join(world.folder('disk'), 'backups'), { name: 'Ada' }));
  await before.close();

  const { page } = await start();
  const { backUpNow, source: inRail } = frame(page);
  const unlock = unlockDialog(page);
  await expect(page.getByRole('main')).toContainText(/waiting for the password of Backups\./i);
  await backUpNow();
  await expect(unlock.dialog).toBeVisible();
  await keepScreens(page, import.meta.filename, '1-unlock');
  await unlock.give('not the password');
  await expect(unlock.dialog).toContainText(/wrong|does not/i);
  await keepScreens(page, import.meta.filename, '2-wrong');
  await unlock.give(password);
  await expect(unlock.dialog).toBeHidden();
  await expect(inRail('Ada')).toHaveAccessibleName(/safe/);
  await backUpNow();
  await timeline(page).asTable();
  await expect(timeline(page).rows('Nothing changed')).toHaveCount(2);
  await expect(unlock.dialog).toBeHidden();
  expect(filesHolding(world.home, password)).toEqual([]);
});

test('with a keyring the password is remembered across a restart, and is nowhere in clear', async ({
  world,
  start,
}) => {
  const source = world.folder('ada');
  writeFiles(world, source, homeLike());
  const bus = await startSessionBus(world);
  const keyring = await startKeyring(world, bus, 'login password of ada');
  try {
    const desktop = { bus: bus.address, environment: { XDG_CURRENT_DESKTOP: 'GNOME' } };
    const before = await start(desktop);
    const first = firstRun(before.page);
    await first.protectThisComputer();
    await first.folder.fill(source);
    await expect(first.promise).toContainText('You will get');
    await first.next();
    await first.anotherFolder();
    await first.folder.fill(join(world.folder('disk'), 'backups'));
    await first.next();
    await first.givePassword(password);
    await expect(before.page.getByRole('checkbox', { name: 'Remember it on this computer' })).toBeChecked();
    await keepScreens(before.page, import.meta.filename, '3-remember');
    await first.startFirstBackup();
    await first.later();
    await expect(frame(before.page).source('ada')).toHaveAccessibleName(/safe/);
    await before.close();

    const after = await start(desktop);
    const { page } = after;
    const { backUpNow, source: inRail } = frame(page);
    await expect(inRail('ada')).toHaveAccessibleName(/safe/);
    await backUpNow();
    await timeline(page).asTable();
    await expect(timeline(page).rows('Nothing changed')).toHaveCount(2);
    await expect(unlockDialog(page).dialog).toBeHidden();
    expect(filesHolding(world.home, password)).toEqual([]);
    await after.close();
  } finally {
    await keyring.stop();
    await bus.stop();
  }
});

/** Files below a folder in which a text stands in clear, as UTF-8, as UTF-16 or as base64. */
function filesHolding(folder: string, text: string): string[] {
  const forms = [Buffer.from(text), Buffer.from(text, 'utf16le'), Buffer.from(Buffer.from(text).toString('base64'))];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => {
      const content = readFileSync(path);
      return forms.some((form) => content.includes(form));
    });
}
