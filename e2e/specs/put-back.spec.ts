import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contentsOf, homeLike, writeFiles } from '../harness/files.ts';
import { restoreResult, restoreWizard, treeItem, turn } from '../harness/pages/restore.ts';
import { snapshotDetails } from '../harness/pages/snapshot-details.ts';
import { timeline } from '../harness/pages/timeline.ts';
import { keepScreens } from '../harness/screens.ts';
import { backUp, protect } from '../harness/seed.ts';
import { expect, test } from '../harness/test.ts';

test('put back in one click and undo; the wizard to another folder', async ({ world, start }) => {
  const source = world.folder('ada');
  writeFiles(world, source, homeLike());
  const { page } = await start();
  await backUp(page, await protect(page, source, join(world.folder('disk'), 'backups'), { name: 'Ada' }));
  const keep = (screen: string): Promise<void> => keepScreens(page, import.meta.filename, screen);
  const details = snapshotDetails(page);
  const outcome = restoreResult(page);
  const inSnapshot = contentsOf(source);

  writeFileSync(join(source, 'Documents/notes.md'), '# Notes\n\n- overwritten by accident\n');
  appendFileSync(join(source, 'Projects/clock/src/hands.c'), 'int third;\n');
  rmSync(join(source, 'Pictures'), { recursive: true });
  rmSync(join(source, '.profile'));
  writeFiles(world, source, { 'Documents/new.txt': 'written after the snapshot\n' });
  const changed = contentsOf(source);

  await test.step('put back: everything as it was, what is new stays', async () => {
    await timeline(page).selectNewest();
    await details.putBack();
    await expect(outcome.result).toContainText('It is back.');
    await expect(outcome.result).toContainText('read back and compared');
    await keep('1-put-back-result');
    const { 'Documents/new.txt': kept, ...rest } = contentsOf(source);
    expect(rest).toEqual(inSnapshot);
    expect(kept).toBe(changed['Documents/new.txt']);
  });

  await test.step('undo: everything as it was before', async () => {
    await outcome.undo();
    await expect(outcome.undone).toContainText('It is as it was before the restore.');
    await keep('2-undo-result');
    expect(contentsOf(source)).toEqual(changed);
    await outcome.close();
  });

  const target = world.folder('elsewhere');
  const wizard = restoreWizard(page);
  await test.step('the wizard shows every change of another folder, with a diff', async () => {
    writeFiles(world, target, {
      'Documents/notes.md': '# Notes\n\n- call the dentist\n- buy stamps\n',
      'Documents/mine.txt': 'not in the snapshot\n',
    });
    // The newer ones are safety snapshots.
    await timeline(page).selectOldest();
    await details.restore();
    await keep('3-what');
    await wizard.next();
    await wizard.toFolder(target);
    await keep('4-where');
    await wizard.toPreview();
    await expect(wizard.changes).toBeVisible();
    await treeItem(wizard.changes, 'notes.md').click();
    await expect(wizard.detail).toContainText('buy stamps');
    await expect(wizard.detail).toContainText('renew the passport');
    await keep('5-preview');
  });

  await test.step('what is unticked is not touched', async () => {
    await turn(wizard.changes, 'Pictures');
    await wizard.filter.fill('budget');
    await turn(wizard.changes, 'Budget 2025.csv');
    await wizard.filter.fill('');
    await expect(wizard.start).toHaveText(/^Replace 1, add \d+/);
    await keep('6-unticked');
    await wizard.start.click();
    await expect(outcome.result).toContainText('It is back.');
    await keep('7-result');
    const expected = Object.fromEntries(
      Object.entries(inSnapshot).filter(
        ([path]) => !path.startsWith('Pictures') && path !== 'Documents/Budget 2025.csv',
      ),
    );
    const { 'Documents/mine.txt': mine, ...found } = contentsOf(target);
    expect(found).toEqual(expected);
    expect(mine).toBeDefined();
  });
});
