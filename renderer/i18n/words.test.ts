import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { i18n } from './i18n.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const words = new Map(
  readdirSync(join(root, 'i18n/en')).map((file) => [
    file.replace('.json', ''),
    flatten(JSON.parse(readFileSync(join(root, 'i18n/en', file), 'utf8')) as Tree),
  ]),
);
const plurals = /_(zero|one|two|few|many|other)$/;

interface Tree {
  readonly [key: string]: string | Tree;
}

function flatten(tree: Tree, before = ''): Map<string, string> {
  return new Map(
    Object.entries(tree).flatMap(([key, value]): [string, string][] =>
      typeof value === 'string' ? [[before + key, value]] : [...flatten(value, `${before}${key}.`)],
    ),
  );
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'testing' ? [] : sources(path);
    return /\.tsx?$/.test(entry.name) && !/\.i?test\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

interface UsedKey {
  readonly file: string;
  readonly key: string;
  readonly namespaces: readonly string[];
}

/** Keys written out in full, with the namespaces their file speaks. */
function keysIn(file: string): UsedKey[] {
  const text = readFileSync(join(root, file), 'utf8');
  const spoken = [...text.matchAll(/(?:useTranslation|TFunction)[(<](\[[^\]]*\]|'[^']*')/g)].flatMap((match) =>
    [...(match[1] ?? '').matchAll(/'([^']+)'/g)].map((name) => name[1] ?? ''),
  );
  return [...text.matchAll(/\bt\(\s*'([^'$]+)'/g)].map((match) => {
    const [namespace, key] = (match[1] ?? '').includes(':') ? (match[1] ?? '').split(':') : ['', match[1]];
    return { file, key: key ?? '', namespaces: namespace === '' ? spoken : [namespace ?? ''] };
  });
}

const used = ['app', 'features', 'ui'].flatMap(sources).flatMap(keysIn);

describe('words', () => {
  it('are found in more than one feature', () => {
    expect(used.length).toBeGreaterThan(200);
    expect(words.size).toBeGreaterThan(10);
  });

  it('exist for every key that is used', () => {
    const missing = used.filter(
      ({ key, namespaces }) =>
        namespaces.length > 0 &&
        !namespaces.some((name) => {
          const known = words.get(name);
          return known?.has(key) || known?.has(`${key}_other`);
        }),
    );
    expect(missing).toEqual([]);
  });

  it('have every plural form that English needs', () => {
    const incomplete = [...words].flatMap(([name, known]) =>
      [...known.keys()]
        .filter((key) => plurals.test(key))
        .map((key) => key.replace(plurals, ''))
        .filter((key) => !known.has(`${key}_one`) || !known.has(`${key}_other`))
        .map((key) => `${name}:${key}`),
    );
    expect(incomplete).toEqual([]);
  });

  it('count nothing in words that fit only some numbers', () => {
    const counted =
      /\{\{\w+(, number)?\}\} (files|folders|entries|places|sources|snapshots|runs|backups|rules|warnings)\b/;
    const stiff = [...words].flatMap(([name, known]) =>
      [...known].filter(([key, text]) => !plurals.test(key) && counted.test(text)).map(([key]) => `${name}:${key}`),
    );
    expect(stiff).toEqual([]);
  });

  it('are never empty and leave no placeholder half open', () => {
    const broken = [...words].flatMap(([name, known]) =>
      [...known]
        .filter(([, text]) => text === '' || text.split('{{').length !== text.split('}}').length)
        .map(([key]) => `${name}:${key}`),
    );
    expect(broken).toEqual([]);
  });

  it('speak plurals and numbers', () => {
    expect(i18n.t('summary:allSafe', { count: 1 })).toBe('Your source is safe.');
    expect(i18n.t('summary:allSafe', { count: 3 })).toBe('All 3 are safe.');
    expect(i18n.t('snapshot-details:sentence.counts', { count: 20512, size: 'x' })).toBe('20,512 files, x');
  });
});
