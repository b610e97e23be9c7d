import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { showIn, themes } from './screens.ts';

/**
 * What of WCAG 2.2 A and AA the screen breaks, in both themes; only what axe calls serious or critical. It cannot see a
 * canvas: the timeline's colours are tested with the tokens.
 */
export async function barriersOn(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const theme of themes) {
    await showIn(page, theme);
    const { violations } = await new AxeBuilder({ page })
      // Electron opens no page for axe to work in.
      .setLegacyMode(true)
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
      .analyze();
    for (const { id, impact, nodes } of violations) {
      if (impact !== 'serious' && impact !== 'critical') continue;
      for (const { target, failureSummary } of nodes)
        found.push(`${theme}: ${id} (${impact}): ${target.join(' ')}: ${failureSummary ?? ''}`);
    }
  }
  await page.emulateMedia({ colorScheme: null });
  return found;
}

/** What reaches beyond the window's width, or is cut off at its edge: nothing may at the smallest size. */
export function overflowOf(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const wide = document.documentElement.scrollWidth > width ? ['the page scrolls sideways'] : [];
    const controls = [...document.querySelectorAll('button, input, [role=button], [role=radio]')];
    const outside = controls.filter((element) => {
      if (!element.checkVisibility({ visibilityProperty: true })) return false;
      const { right, left, width: own } = element.getBoundingClientRect();
      return own > 1 && (right > width + 1 || left < -1) && element.closest('[data-lane-label]') === null;
    });
    const nameOf = (element: Element): string => element.getAttribute('aria-label') ?? element.textContent ?? '';
    return [...wide, ...outside.map((element) => `${element.tagName.toLowerCase()} “${nameOf(element)}” is outside`)];
  });
}
