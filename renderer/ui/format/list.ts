import { formatLocale } from './locale.ts';

/** `a, b and c` in the language of the window. */
export function formatList(items: readonly string[]): string {
  return new Intl.ListFormat(formatLocale(), { type: 'conjunction' }).format(items);
}
