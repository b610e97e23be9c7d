import { createInstance, type Resource } from 'i18next';
import { initReactI18next } from 'react-i18next';

/** `en/<feature>.json` is the namespace `<feature>`: each feature owns one file, nobody edits a common one. */
const english = import.meta.glob<Record<string, unknown>>('./en/*.json', { eager: true, import: 'default' });

export const i18n = createInstance();

void i18n.use(initReactI18next).init({
  lng: 'en',
  fallbackLng: 'en',
  defaultNS: 'app',
  resources: { en: byNamespace(english) } as Resource,
  interpolation: { escapeValue: false },
  returnNull: false,
  react: { useSuspense: false },
});

function byNamespace(
  files: Readonly<Record<string, Record<string, unknown>>>,
): Record<string, Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(files).map(([path, words]) => [path.replace(/^.*\/([^/]+)\.json$/, '$1'), words]),
  );
}
