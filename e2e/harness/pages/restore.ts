import type { Locator, Page } from '@playwright/test';

/** The restore wizard. */
export function restoreWizard(page: Page) {
  const form = page.getByRole('form', { name: /^Restore / });
  const press = (name: string | RegExp): Promise<void> => form.getByRole('button', { name }).click();
  return {
    form,
    next: () => press('Next'),
    toPreview: () => press('Show what would change'),
    onlySome: () => form.getByRole('radio', { name: 'Only some of it' }).check(),
    toFolder: async (path: string) => {
      await form.getByRole('radio', { name: 'Another folder' }).check();
      await form.getByRole('textbox', { name: 'Folder' }).fill(path);
    },
    start: form.getByTestId('restore-start'),
    filter: form.getByRole('textbox', { name: 'Filter' }),
    changes: form.getByRole('tree', { name: 'What would change' }),
    files: form.getByRole('tree', { name: 'Folders and files of the snapshot' }),
    detail: form.getByRole('region', { name: 'Then and now' }),
    result: restoreResult(page),
  };
}

/** How a restore ended, in the wizard or in the dialog of Put back. */
export function restoreResult(page: Page) {
  const result = page.getByRole('region', { name: 'How the restore ended' });
  return {
    result,
    undo: () => result.getByRole('button', { name: 'Undo restore' }).click(),
    undone: page.getByRole('region', { name: 'How the undo ended' }),
    close: () => page.getByRole('button', { name: 'Done', exact: true }).click(),
  };
}

export function treeItem(tree: Locator, name: string): Locator {
  return tree.getByRole('treeitem').filter({ hasText: name });
}

/** Ticks or unticks by key, as the box itself is drawn and not a control. */
export async function turn(tree: Locator, name: string): Promise<void> {
  await treeItem(tree, name).first().click();
  await tree.press(' ');
}
