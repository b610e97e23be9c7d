import { describe, expect, it } from 'vitest';
import type { Found } from '../plan/plan-item.ts';
import { foundOfLine, lineOfFound, sharedLine } from './found-line.ts';
import { countOfTree, entriesOfTree, type TreeText } from './tree-lines.ts';

const found: Found = {
  type: 'file',
  ...{ mode: 0o4755, uid: 4294967294, gid: 7, size: 1n << 62n, mtimeNs: -5n, ctimeNs: 1_700_000_000_123_456_789n },
  ...{ deviceId: 66309n, inode: 18446744073709551615n, links: 1n, rdev: 2049n },
};
const text = (lines: readonly string[]): TreeText => ({
  root: 0,
  path: '/top',
  deviceId: '66309',
  lines: lines.join('\n'),
});

describe('the line of a version', () => {
  it('reads as what was written, also numbers that are no double', () => {
    expect(foundOfLine(lineOfFound(found), 'file', 66309n)).toEqual(found);
  });

  it('of an inode with further names tells of two of them at least, and is right otherwise', () => {
    expect(foundOfLine(sharedLine(lineOfFound(found)), 'file', 66309n)).toEqual({ ...found, links: 2n });
    const three = lineOfFound({ ...found, links: 3n });
    expect(sharedLine(three)).toBe(three);
  });

  it.each(['', '1 2 3', `${lineOfFound(found)} 9`])('that is cut off or longer is none: %j', (line) => {
    expect(() => foundOfLine(line, 'file', 1n)).toThrow('is no version');
  });
});

describe('the text of a tree', () => {
  const line = lineOfFound(found);

  it('names each entry by its whole path, names with spaces and a folder after another among them', () => {
    const lines = [`dir ${line} `, `file ${line} a b  c`, `dir ${line} d e/f/`, `symlink ${line} g`, `dir ${line} h/`];
    const entries = [...entriesOfTree(text(lines))];
    expect(entries.map(({ path, now }) => `${now.type} ${path}`)).toEqual([
      'dir /top',
      'file /top/a b  c',
      'dir /top/d e/f',
      'symlink /top/d e/f/g',
      'dir /top/h',
    ]);
    expect(countOfTree(text(lines))).toBe(entries.length);
    expect(entries[1]?.now).toMatchObject({ inode: '18446744073709551615', deviceId: '66309', mode: 0o4755 });
  });

  it('of nothing holds nothing', () => {
    expect([...entriesOfTree(text([]))]).toEqual([]);
    expect(countOfTree(text([]))).toBe(0);
  });

  it.each([`folder ${line} x`, 'file 1 2'])('that is cut off or odd is refused: %j', (broken) => {
    expect(() => [...entriesOfTree(text([broken]))]).toThrow();
  });
});
