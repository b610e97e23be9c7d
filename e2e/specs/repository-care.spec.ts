import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { barriersOn, overflowOf } from '../harness/accessibility.ts';
import { homeLike, noise, writeFiles } from '../harness/files.ts';
import { firstRun } from '../harness/pages/first-run.ts';
import { frame } from '../harness/pages/frame.ts';
import { repositoryPage } from '../harness/pages/repository.ts';
import { restic } from '../harness/restic.ts';
import { keepScreens } from '../harness/screens.ts';
import { backUp, password, protect } from '../harness/seed.ts';
import { expect, test } from '../harness/test.ts';

const MiB = 1024 * 1024;

function bytesBelow(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

test('a newcomer backs up, sees what is stored, checks a part of it and frees space', async ({ world, start }) => {
  const source = world.folder('ada');
  const repository = join(world.folder('disk'), 'backups');
  writeFiles(world, source, { ...homeLike(), 'film.bin': noise('film', 24 * MiB) });
  const { page } = await start();
  const first = firstRun(page);
  const care = repositoryPage(page);
  const keep = (screen: string): Promise<void> => keepScreens(page, import.meta.filename, screen);

  await test.step('a repository and a first backup', async () => {
    await first.protectThisComputer();
    await first.folder.fill(source);
    await expect(first.promise).toContainText('You will get');
    await first.next();
    await first.anotherFolder();
    await first.folder.fill(repository);
    await expect(page.getByText(`A new folder will be made: ${repository}`)).toBeVisible();
    await first.next();
    await first.givePassword(password);
    await first.startFirstBackup();
    await expect(first.running).toContainText('Nothing changed', { timeout: 60_000 });
    await first.later();
  });

  let name = '';
  await test.step('what it holds', async () => {
    await frame(page).go('Repositories');
    name = await page.getByRole('article').getByRole('heading', { level: 2 }).innerText();
    await expect(page.getByRole('article')).toContainText('Not checked yet');
    await care.open(name);
    await expect(care.heading(name)).toBeFocused();
    await expect(care.holds).toContainText('1 snapshot, as if it were a copy of its own');
    await expect(care.holds).toContainText(/2[5-9](\.\d)?\sMiB\s*stored/);
    await expect(care.growth).toContainText(/\+2[5-9](\.\d)?\sMiB in the last 30 days/);
    await keep('1-page');
    expect(await barriersOn(page)).toEqual([]);
    expect(await overflowOf(page)).toEqual([]);
  });

  await test.step('checks of a part, now and by itself', async () => {
    await care.choose('A part of the data');
    await care.checkNow();
    await expect(care.soundness).toContainText('Nothing damaged found', { timeout: 60_000 });
    await expect(care.soundness).toContainText(/part 1 of 10: .+ of .+, and the structure/);
    await expect(care.soundness).toContainText('No damage found in 1 snapshot');
    await care.plan('Every week');
    await expect(care.soundness).toContainText('all data is read within 10 weeks');
    await keep('2-checked');
  });

  await test.step('everything, and it counts as verified', async () => {
    await care.choose('Everything');
    await care.checkNow();
    await expect(care.soundness).toContainText(/Last check.+all data, 2\d/, { timeout: 60_000 });
    await expect(care.soundness).toContainText('100% since');
  });

  await test.step('space: looked at first, then freed', async () => {
    rmSync(join(source, 'film.bin'));
    await frame(page).backUpNow();
    await expect.poll(() => JSON.parse(restic(world, repository, 'snapshots', '--json')).length).toBe(2);
    const [oldest] = JSON.parse(restic(world, repository, 'snapshots', '--json')) as { id: string }[];
    restic(world, repository, 'forget', oldest?.id ?? '');
    const before = bytesBelow(join(repository, 'data'));
    // A backup leads to the timeline.
    await frame(page).go('Repositories');
    await care.open(name);
    await care.look();
    await expect(care.space).toContainText(/Would free 2\d/, { timeout: 60_000 });
    expect(bytesBelow(join(repository, 'data'))).toBe(before);
    await keep('3-would-free');
    await care.space.getByRole('button', { name: /^Free 2\d/ }).click();
    await expect(care.space).toContainText(/given back/, { timeout: 60_000 });
    expect(bytesBelow(join(repository, 'data'))).toBeLessThan(before - 20 * MiB);
    await care.holds.getByRole('button', { name: 'Measure again' }).click();
    await expect(care.holds).toContainText(/1\.\d+\sMiB\s*stored/);
    await keep('4-freed');
    expect(restic(world, repository, 'check', '--read-data')).toContain('no errors were found');
  });
});

test('damage is found, said, repaired step by step, and over only after everything was read', async ({
  world,
  start,
}) => {
  const source = world.folder('ada');
  const repository = join(world.folder('disk'), 'backups');
  writeFiles(world, source, { ...homeLike(), 'film.bin': noise('film', 6 * MiB) });
  const { page } = await start();
  const made = await protect(page, source, repository);
  await backUp(page, made);
  const care = repositoryPage(page);
  const keep = (screen: string): Promise<void> => keepScreens(page, import.meta.filename, screen);
  const data = join(repository, 'data');
  const [largest] = readdirSync(data, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted((a, b) => statSync(b).size - statSync(a).size);
  const bytes = readFileSync(largest ?? '');
  bytes[1000] = (bytes[1000] ?? 0) ^ 1;
  writeFileSync(largest ?? '', bytes);

  await test.step('found', async () => {
    await frame(page).go('Repositories');
    await care.open('Backups');
    await expect(page.getByRole('button', { name: 'Repair…' })).toBeHidden();
    await care.choose('Everything');
    await care.checkNow();
    await expect(care.soundness).toContainText('Damage found', { timeout: 60_000 });
    await expect(care.soundness.getByRole('region', { name: 'What was found' }).first()).toContainText(source);
    await keep('5-damage');
  });

  const dialog = page.getByRole('dialog', { name: 'Repair Backups' });
  const step = (name: string) => dialog.getByRole('listitem').filter({ hasText: name });
  await test.step('repaired', async () => {
    await page.getByRole('button', { name: 'Repair…' }).click();
    await dialog.getByRole('button', { name: 'Look at: Damaged data files' }).click();
    await expect(step('Damaged data files')).toContainText('1 data file is damaged', { timeout: 60_000 });
    await keep('6-repair');
    await dialog.getByRole('button', { name: 'Save what can be read…' }).click();
    await page.getByRole('button', { name: 'Save and replace' }).click();
    await expect(dialog.getByRole('button', { name: 'Look at: Snapshots that are not whole' })).toBeEnabled({
      timeout: 60_000,
    });
    await expect(dialog.getByRole('button', { name: 'Save what can be read…' })).toBeHidden();
    await dialog.getByRole('button', { name: 'Look at: Snapshots that are not whole' }).click();
    await expect(dialog).toContainText('1 snapshot is not whole.', { timeout: 60_000 });
    await dialog.getByRole('checkbox', { name: 'Delete the snapshots that were written again' }).check();
    await dialog.getByRole('button', { name: 'Write snapshots again…' }).click();
    await page.getByRole('button', { name: 'Write again', exact: true }).click();
    await expect(dialog.getByRole('button', { name: 'Write snapshots again…' })).toBeHidden({ timeout: 60_000 });
    await keep('7-repaired');
    await page.keyboard.press('Escape');
  });

  await test.step('over', async () => {
    await expect(dialog).toBeHidden();
    await expect(page.getByRole('button', { name: 'Repair…' })).toBeVisible();
    await care.choose('Everything');
    await care.checkNow();
    await expect(care.soundness).toContainText('Nothing damaged found', { timeout: 60_000 });
    await expect(page.getByRole('button', { name: 'Repair…' })).toBeHidden();
    expect(restic(world, repository, 'check', '--read-data')).toContain('no errors were found');
  });
});
