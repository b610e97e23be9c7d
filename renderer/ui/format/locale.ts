/** The locale of numbers and dates: the system's, where it speaks the language of the window. */
let current = pickLocale('en', typeof navigator === 'undefined' ? [] : navigator.languages);

export function formatLocale(): string {
  return current;
}

/** `language` is the window's language, `preferred` what the system asks for, best first. */
export function setFormatLanguage(language: string, preferred: readonly string[]): void {
  current = pickLocale(language, preferred);
}

export function pickLocale(language: string, preferred: readonly string[]): string {
  return preferred.find((tag) => tag === language || tag.startsWith(`${language}-`)) ?? language;
}
