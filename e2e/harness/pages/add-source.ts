import type { Page } from '@playwright/test';

/** Another source. */
export function addSource(page: Page) {
  const form = page.getByRole('form', { name: 'Protect something else' });
  return {
    form,
    folder: form.getByRole('textbox', { name: 'Folder', exact: true }),
    /** One of several places that are held together, from 1. */
    place: (n: number) => form.getByRole('textbox', { name: new RegExp(`^Place ${n} of `) }),
    addPlace: () => form.getByRole('button', { name: 'Hold still together with…' }).click(),
    name: form.getByRole('textbox', { name: 'Name' }),
    promise: form.getByRole('region', { name: 'What you will get' }),
    allowStillPoints: () => form.getByRole('button', { name: 'Allow still points…' }).click(),
    addOnly: () => form.getByRole('button', { name: 'Add only' }).click(),
    addAndBackUp: () => form.getByRole('button', { name: 'Add and back up now' }).click(),
  };
}
