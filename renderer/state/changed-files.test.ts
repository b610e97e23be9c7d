import { describe, expect, it } from 'vitest';
import { i18n } from '../i18n/i18n.ts';
import { groupChanged } from './changed-files.ts';
import { changedWords } from './changed-words.ts';

const t = i18n.getFixedT('en', 'changed-files');
const paths = (...names: string[]): { path: string }[] => names.map((path) => ({ path }));

describe('what changed while it was read', () => {
  const listed = paths(
    '/home/a/.cache/x/1',
    '/home/a/thesis.odt',
    '/home/a/.local/state/app/app.log',
    '/home/a/budget.ods',
  );

  it('is told documents first, logs and caches apart', () => {
    const groups = groupChanged(listed, 4);
    expect(groups.documents.map(({ path }) => path)).toEqual(['/home/a/thesis.odt', '/home/a/budget.ods']);
    expect(changedWords(groups, t)).toBe('2 documents, 2 logs and caches changed while being read');
  });

  it('does not hide what is not listed by name', () => {
    expect(changedWords(groupChanged(listed.slice(1, 2), 12), t)).toBe('1 document, 11 more changed while being read');
  });
});
