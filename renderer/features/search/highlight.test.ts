import { describe, expect, it } from 'vitest';
import { highlight } from './highlight.ts';

const shown = (name: string, typed: string): string =>
  highlight(name, typed)
    .map(({ text, found }) => (found ? `[${text}]` : text))
    .join('');

describe('marking what was typed', () => {
  it.each([
    ['budget.ods', 'bud', '[bud]get.ods'],
    ['Budget of the Budget.ods', 'BUDGET', '[Budget] of the [Budget].ods'],
    ['notes.txt', 'xyz', 'notes.txt'],
    ['notes.txt', '  ', 'notes.txt'],
    ['aaa', 'aa', '[aa]a'],
    ['plan (1).md', '(1)', 'plan [(1)].md'],
  ])('%s for %s', (name, typed, expected) => expect(shown(name, typed)).toBe(expected));

  it('loses nothing of the name, even where lower case has another length', () => {
    expect(shown('İstanbul.txt', 'stan').replace(/[[\]]/g, '')).toBe('İstanbul.txt');
  });
});
