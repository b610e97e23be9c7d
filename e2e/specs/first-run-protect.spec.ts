import { statSync } from 'node:fs';
import { join } from 'node:path';
import { chooseFileToSave } from '../harness/dialogs.ts';
import { homeLike, writeFiles } from '../harness/files.ts';
import { firstRun } from '../harness/pages/first-run.ts';
import { snapshotDetails } from '../harness/pages/snapshot-details.ts';
import { timeline } from '../harness/pages/timeline.ts';
import { restic } from '../harness/restic.ts';
import { keepScreens } from '../harness/screens.ts';
import { password } from '../harness/seed.ts';
import { expect, test } from '../harness/test.ts';

test('the first start leads to a first backup that can be looked at', async ({ world, start }) => {
  const source = world.folder('ada');
  const repository = join(world.folder('disk'), 'backups');
  const files = homeLike();
  writeFiles(world, source, files);
  const { app, page } = await start();
  const first = firstRun(page);
  const keep = (screen: string): Promise<void> => keepScreens(page, import.meta.filename, screen);

  await test.step('two doors', async () => {
    await expect(first.welcome).toBeVisible();
    await keep('1-doors');
    await first.protectThisComputer();
  });

  await test.step('what', async () => {
    await first.folder.fill(source);
    await expect(first.promise).toContainText(`${Object.keys(files).length} files`);
    await expect(first.promise).toContainText('You will get');
    await keep('2-what');
    await first.next();
  });

  await test.step('where', async () => {
    await first.anotherFolder();
    await first.folder.fill(repository);
    await expect(page.getByText(`A new folder will be made: ${repository}`)).toBeVisible();
    await expect(page.getByText('This protects against mistakes, not against disk failure.')).toBeVisible();
    await keep('3-where');
    await first.next();
  });

  await test.step('password', async () => {
    await first.givePassword(password);
    await expect(page.getByText('This computer has no password store')).toBeVisible();
    await keep('4-password');
    await first.startFirstBackup();
  });

  await test.step('recovery sheet, while the first backup runs', async () => {
    await expect(first.running).toBeVisible();
    const sheet = join(world.home, 'sheet.pdf');
    await chooseFileToSave(app, sheet);
    await first.saveSheet();
    await expect(page.getByRole('main').getByText(`Saved as ${sheet}.`)).toBeVisible();
    expect(statSync(sheet).size).toBeGreaterThan(1000);
    await expect(first.running).toContainText('Nothing changed');
    await keep('5-sheet');
    await first.keepSheet('Printed on paper');
  });

  await test.step('the snapshot on the timeline and its details', async () => {
    const lanes = timeline(page);
    const details = snapshotDetails(page);
    await expect(lanes.lane('ada')).toBeVisible();
    await lanes.selectNewest();
    await expect(page.getByText('Nobody was held, and nothing was written while it was copied.')).toBeVisible();
    await expect(details.fact('Level')).toContainText('observed-static');
    await expect(details.fact('Read back')).toContainText('found right');
    await expect(details.fact('Why not stronger')).not.toBeEmpty();
    await keep('6-timeline');
    await lanes.asTable();
    await expect(lanes.rows('ada')).toHaveCount(1);
    await expect(lanes.rows('ada')).toContainText('Nothing changed');
    await expect(lanes.rows('ada')).toContainText(String(Object.keys(files).length));
    await keep('7-table');
  });

  await test.step('restic agrees', () => {
    const listed = restic(world, repository, 'ls', 'latest');
    for (const name of Object.keys(files)) expect(listed).toContain(join(source, name));
    expect(restic(world, repository, 'check', '--read-data')).toContain('no errors were found');
  });
});
