import { describe, expect, it } from 'vitest';
import { shownName } from './quoted-name.ts';

describe('a quoted name', () => {
  it.each([
    ['notes.txt', 'notes.txt'],
    ['say \\"hello\\".txt', 'say "hello".txt'],
    ['back\\\\slash', 'back\\slash'],
    ['caf\\xe9', 'caf\\xe9'],
    ['日本語.md', '日本語.md'],
  ])('%s is shown as %s', (quoted, shown) => expect(shownName(quoted)).toBe(shown));
});
