import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { contentsOf, homeLike, writeFiles } from '../harness/files.ts';
import { firstRun } from '../harness/pages/first-run.ts';
import { restoreWizard, treeItem, turn } from '../harness/pages/restore.ts';
import { snapshotDetails } from '../harness/pages/snapshot-details.ts';
import { timeline } from '../harness/pages/timeline.ts';
import { restic } from '../harness/restic.ts';
import { keepScreens } from '../harness/screens.ts';
import { password } from '../harness/seed.ts';
import { expect, test } from '../harness/test.ts';

test('backups that restic made are adopted, browsed and restored from', async ({ world, start }) => {
  const source = world.folder('old-home');
  const repository = join(world.folder('disk'), 'restic-repo');
  writeFiles(world, source, homeLike());
  restic(world, repository, 'init');
  restic(world, repository, 'backup', source);
  const before = readFileSync(join(source, 'Documents/notes.md'));
  writeFileSync(join(source, 'Documents/notes.md'), 'changed since the first snapshot\n');
  restic(world, repository, 'backup', source);
  const untouched = contentsOf(repository);

  const { page } = await start();
  const first = firstRun(page);
  const lanes = timeline(page);
  const details = snapshotDetails(page);
  const wizard = restoreWizard(page);
  const keep = (screen: string): Promise<void> => keepScreens(page, import.meta.filename, screen);

  await test.step('a wrong password is said to be wrong, the right one opens', async () => {
    await first.continueFromBackups();
    await first.anotherFolder();
    await first.folder.fill(repository);
    await expect(page.getByText(`There is a repository at ${repository}.`)).toBeVisible();
    await keep('1-where');
    await first.next();
    await first.givePassword('not the password');
    await first.open();
    await expect(page.getByText(/password.*(wrong|does not)|wrong password/i)).toBeVisible();
    await keep('2-wrong-password');
    await first.givePassword(password);
    await first.open();
  });

  await test.step('the timeline shows both as made by another program', async () => {
    await expect(lanes.lane('old-home')).toBeVisible();
    await lanes.selectOldest();
    await expect(page.getByText('Made by another program: nothing is known about how still it was.')).toBeVisible();
    await keep('3-timeline');
    await lanes.asTable();
    await expect(lanes.rows('Nothing known')).toHaveCount(2);
    await lanes.asLanes();
  });

  await test.step('browse', async () => {
    await details.browse();
    const entries = page.getByRole('listbox', { name: 'Entries of this folder' });
    await entries.getByRole('option').filter({ hasText: 'Documents' }).dblclick();
    await expect(page.getByRole('navigation', { name: 'Where you are' })).toContainText('Documents');
    await entries.getByRole('option').filter({ hasText: 'notes.md' }).click();
    await expect(page.getByRole('complementary', { name: 'Preview' })).toContainText('renew the passport');
    await keep('4-browse');
  });

  const target = world.folder('restored');
  await test.step('one file to another folder, from the older snapshot', async () => {
    await page.getByRole('main').getByRole('button', { name: 'Close', exact: true }).click();
    await details.restore();
    await wizard.onlySome();
    await treeItem(wizard.files, 'Documents').click();
    await wizard.files.press('ArrowRight');
    await turn(wizard.files, 'notes.md');
    await keep('5-what');
    await wizard.next();
    await wizard.toFolder(target);
    await keep('6-where');
    await wizard.toPreview();
    await expect(wizard.start).toBeEnabled();
    await keep('7-preview');
    await wizard.start.click();
    await expect(wizard.result.result).toContainText('It is back');
    await keep('8-result');
    const restored = Object.entries(contentsOf(target)).filter(([, what]) => what !== 'folder');
    expect(restored.map(([path]) => basename(path))).toEqual(['notes.md']);
    expect(readFileSync(join(target, restored[0]?.[0] ?? ''))).toEqual(before);
  });

  await test.step('nothing that restic stored was changed', () => {
    const now = contentsOf(repository);
    for (const [path, what] of Object.entries(untouched)) expect(now[path]).toBe(what);
    expect(restic(world, repository, 'check', '--read-data')).toContain('no errors were found');
  });
});
