import { describe, expect, it } from 'vitest';
import { choose, isEmptyChoice, nameKey, newChoice, parseSnapshotPath } from './selection.ts';

const steps = (path: string): Buffer[] => parseSnapshotPath(path, 'selection');

describe('a choice', () => {
  it('is nothing until something is chosen', () => {
    const choice = newChoice();
    expect(isEmptyChoice(choice)).toBe(true);
    choose(choice, steps('/a/b'));
    expect(isEmptyChoice(choice)).toBe(false);
    expect(choice.isWhole).toBe(false);
    expect(choice.below.get('a')?.below.get('b')?.isWhole).toBe(true);
  });

  it('of a folder takes up what was chosen inside it, in either order', () => {
    for (const paths of [
      ['/a', '/a/b/c'],
      ['/a/b/c', '/a'],
    ]) {
      const choice = newChoice();
      for (const path of paths) choose(choice, steps(path));
      expect(choice.below.get('a')).toEqual({ isWhole: true, below: new Map() });
    }
  });
});

describe('a path in a snapshot', () => {
  it('is names in their quoted form', () => {
    expect(steps('/a/line\\nbreak/\\xff\\"')).toEqual([
      Buffer.from('a'),
      Buffer.from('line\nbreak'),
      Buffer.from([0xff, 0x22]),
    ]);
    expect(steps('/')).toEqual([]);
  });

  it.each(['/a/..', '/./a', '/a/\\x2e\\x2e', '/a\\x2fb', '/a\\x00', '/bad\\q', '/"'])(
    '%s is refused by name',
    (path) => {
      expect(() => steps(path)).toThrow(expect.objectContaining({ kind: 'bad-input', field: 'selection' }));
    },
  );
});

describe('a name as a key', () => {
  it('differs for every two names, text or not', () => {
    const names = [Buffer.from('é'), Buffer.from([0xe9]), Buffer.from([0xc3, 0xa9, 0x80]), Buffer.from('\ufffd')];
    expect(new Set(names.map(nameKey)).size).toBe(names.length);
  });
});
