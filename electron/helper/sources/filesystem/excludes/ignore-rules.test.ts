import { describe, expect, it } from 'vitest';
import { IgnoreRules } from './ignore-rules.ts';

interface Place {
  /** Path key. */
  readonly path: string;
  readonly isDirectory: boolean;
}

/** As a walk asks: from the top down, and nothing below what is left out. */
function leavesOut(rules: IgnoreRules, { path, isDirectory }: Place): string | undefined {
  const names = path.split('/');
  for (let length = 1; length <= names.length; length += 1) {
    const line = rules.leavesOut(names.slice(0, length).join('/'), length < names.length || isDirectory);
    if (line !== undefined) return line;
  }
  return undefined;
}

const key = (text: string): string => Buffer.from(text).toString('latin1');
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

  it('go on being right after more paths than are remembered', () => {
    const rules = new IgnoreRules(['*.o', '!keep.o']);
    for (let index = 0; index < 10_000; index += 1) rules.leavesOut(`f${index}`, false);
    expect([rules.leavesOut('a.o', false), rules.leavesOut('keep.o', false)]).toEqual(['*.o', undefined]);
  });
});
