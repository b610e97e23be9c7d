import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Page } from '@playwright/test';
import { root } from './tree.ts';

export const themes = ['light', 'dark'] as const;

/** Both themes of what is on the screen, for a person to look at; the app follows the system's theme meanwhile. */
export async function keepScreens(page: Page, specFile: string, screen: string): Promise<void> {
  for (const theme of themes) {
    await showIn(page, theme);
    await keepScreen(page, join(root, 'out/e2e/screens'), `${specName(specFile)}-${screen}-${theme}`);
  }
  await page.emulateMedia({ colorScheme: null });
}

export async function keepScreen(page: Page, folder: string, name: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' });
}

export async function showIn(page: Page, theme: (typeof themes)[number]): Promise<void> {
  await page.emulateMedia({ colorScheme: theme });
  await page.locator(`html[data-mantine-color-scheme="${theme}"]`).waitFor({ state: 'attached' });
}

function specName(file: string): string {
  return basename(file).replace(/\.spec\.ts$/, '');
}
