import { describe, expect, it } from 'vitest';
import { IgnoreRules } from './ignore-rules.ts';
import { key, leavesOut, type Place } from './testing/ask-rules.ts';

const file = (path: string): Place => ({ path: key(path), isDirectory: false });
const folder = (path: string): Place => ({ path: key(path), isDirectory: true });

describe('own rules', () => {
  it.each<[string, readonly string[], Place, boolean]>([
    ['a name anywhere', ['*.o'], file('src/deep/a.o'), true],
    ['an anchored name', ['/build'], folder('build'), true],
    ['an anchored name, elsewhere', ['/build'], folder('src/build'), false],
    ['a slash in the middle anchors', ['src/gen'], file('src/gen'), true],
    ['a slash in the middle anchors, elsewhere', ['src/gen'], file('a/src/gen'), false],
    ['folders only', ['out/'], folder('out'), true],
    ['folders only, a file', ['out/'], file('out'), false],
    ['any folders between', ['a/**/b'], file('a/x/y/b'), true],
    ['everything inside', ['a/**'], file('a/x'), true],
    ['everything inside, not itself', ['a/**'], folder('a'), false],
    ['case matters', ['Foo'], file('foo'), false],
    ['re-included', ['*.log', '!keep.log'], file('keep.log'), false],
    ['not re-included below what is left out', ['logs/', '!logs/keep'], file('logs/keep'), true],
    ['a comment', ['#a'], file('#a'), false],
    ['a quoted hash', ['\\#a'], file('#a'), true],
    ['spaces at the end', ['a  '], file('a'), true],
    ['a quoted space at the end', ['a\\ '], file('a '), true],
    ['a carriage return at the end', ['a\r'], file('a'), true],
    ['a byte of UTF-8 is a character', ['?'], file('é'), false],
    ['two bytes', ['??'], file('é'), true],
    ['text beyond ASCII', ['Entwürfe/静止点*'], file('Entwürfe/静止点.txt'), true],
    ['a line that ends in a byte that would be white', ['à'], file('à'), true],
    ['a mark at the beginning of a file', ['\ufeffa'], file('a'), true],
    ['an empty rule', [''], file('a'), false],
    ['only a negation', ['!'], file('!'), false],
  ])('%s', (_what, lines, place, isLeftOut) => {
    expect(leavesOut(new IgnoreRules(lines), place) !== undefined).toBe(isLeftOut);
  });

  it('match names that are not UTF-8 byte by byte, and take them for no other', () => {
    const place = { path: 'na\xffme', isDirectory: false };
    expect(leavesOut(new IgnoreRules(['na?me']), place)).toBe('na?me');
    expect(leavesOut(new IgnoreRules(['na\ufffdme', 'naÿme']), place)).toBeUndefined();
    expect(leavesOut(new IgnoreRules(['na[!a-z]me']), place)).toBe('na[!a-z]me');
  });

  it('name the line that decided, as it was written', () => {
    const rules = new IgnoreRules(['*.o', '*.iso  ', 'münchen']);
    expect(leavesOut(rules, file('a/b.iso'))).toBe('*.iso  ');
    expect(leavesOut(rules, file('münchen'))).toBe('münchen');
  });

  it('are asked about folders in any order', () => {
    const rules = new IgnoreRules(['/a/**/c/*.o', '!/a/b/c/keep.o', 'b/d']);
    const asked = (folder: string, name: string) =>
      rules.in(folder === '' ? [] : folder.split('/')).leavesOut(name, false);
    expect(asked('a/b/c', 'x.o')).toBe('/a/**/c/*.o');
    expect(asked('a/b/c', 'keep.o')).toBeUndefined();
    expect(asked('a/c', 'keep.o')).toBe('/a/**/c/*.o');
    expect(asked('', 'x.o')).toBeUndefined();
    expect(asked('b', 'd')).toBe('b/d');
    expect(asked('a/b', 'd')).toBeUndefined();
    expect(asked('a/b/c', 'x.o')).toBe('/a/**/c/*.o');
  });
});

describe('rules that try to take long', () => {
  const deep = Array.from({ length: 100 }, () => 'a');

  /** Walks down through a hundred folders, with ten entries in each. */
  function stepsOf(lines: readonly string[], entry: string): number {
    const rules = new IgnoreRules(lines);
    for (let depth = 0; depth <= deep.length; depth += 1) {
      const here = rules.in(deep.slice(0, depth));
      for (let index = 0; index < 10; index += 1) expect(here.leavesOut(`${entry}${index}`, false)).toBeUndefined();
    }
    return rules.steps.taken;
  }

  it.each([
    ['one line of many folders between', ['**/a/**/a/**/a/**/a/**/b'], 'c', 10],
    ['many of them', Array.from({ length: 1000 }, (_, index) => `**/a/**/a/**/a/**/a/**/b${index}x`), 'c', 10],
    ['many asterisks in one name', [`${'*a'.repeat(40)}*b`], 'a'.repeat(200), 500],
    ['many asterisks in many folders', [`${`**/${'*a'.repeat(20)}*b/`.repeat(10)}c`], 'a'.repeat(200), 500],
  ])('%s: the work grows with rules, folders and names only', (_what, lines, entry, perName) => {
    const parts = lines.reduce((sum, line) => sum + line.split('/').length, 0);
    const asked = (deep.length + 1) * 11;
    expect(stepsOf(lines, entry)).toBeLessThan(asked * parts * perName);
  });

  it('and folders in the worst order cost what their depth costs', () => {
    const rules = new IgnoreRules(['**/a/**/a/**/b']);
    for (let index = 0; index < 1000; index += 1)
      expect(rules.in([`top${index}`, ...deep]).leavesOut('c', false)).toBeUndefined();
    expect(rules.steps.taken).toBeLessThan(1000 * 101 * 5 * 3);
  });
});
