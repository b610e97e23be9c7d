import { setFormatLanguage } from '../ui/format/locale.ts';
import { i18n } from './i18n.ts';

export const languages = ['en'] as const;

/** Applies the language setting to words, numbers and dates. `system` takes the best one we speak. */
export async function applyLanguage(choice: 'system' | (typeof languages)[number]): Promise<void> {
  const preferred = navigator.languages;
  const spoken = preferred.map((tag) => tag.split('-')[0]).find((tag) => languages.some((known) => known === tag));
  const language = choice === 'system' ? (spoken ?? 'en') : choice;
  setFormatLanguage(language, preferred);
  document.documentElement.lang = language;
  await i18n.changeLanguage(language);
}
