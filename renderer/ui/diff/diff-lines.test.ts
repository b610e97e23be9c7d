import { describe, expect, it } from 'vitest';
import { type DiffRow, diffText } from './diff-lines.ts';

function rowsOf(present: string, past: string, opened: number[] = []): readonly DiffRow[] {
  return diffText(present, past, new Set(opened))?.rows ?? [];
}

function shown(row: DiffRow): string {
  if (row.kind === 'fold') return `~${row.hidden}`;
  const sign = row.kind === 'same' ? ' ' : row.kind === 'removed' ? '-' : '+';
  return `${sign}${row.pieces.map((piece) => piece.text).join('')}`;
}

const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}`);

describe('the diff of two texts', () => {
  it('shows what goes and what comes, in the direction from the first to the second', () => {
    expect(rowsOf('a\nnow\nz\n', 'a\nthen\nz\n').map(shown)).toEqual([' a', '-now', '+then', ' z']);
  });

  it('counts the lines of both sides', () => {
    expect(diffText('a\nb\nc\n', 'a\nx\n', new Set())).toMatchObject({ removed: 2, added: 1 });
  });

  it('numbers the lines of both separately', () => {
    const rows = rowsOf('a\nb\n', 'new\na\nb\n');
    expect(rows).toMatchObject([
      { kind: 'added', beforeLine: null, afterLine: 1 },
      { kind: 'same', beforeLine: 1, afterLine: 2 },
      { kind: 'same', beforeLine: 2, afterLine: 3 },
    ]);
  });

  it('folds long agreement, keeps three lines around a change, and unfolds on request', () => {
    const present = [...numbers(1, 20), 'old', ...numbers(21, 40)].join('\n');
    const past = [...numbers(1, 20), 'young', ...numbers(21, 40)].join('\n');
    const rows = rowsOf(present, past);
    expect(rows.map(shown)).toEqual([
      '~17',
      ' line 18',
      ' line 19',
      ' line 20',
      '-old',
      '+young',
      ' line 21',
      ' line 22',
      ' line 23',
      '~17',
    ]);
    const first = rows[0];
    expect(first?.kind === 'fold' && rowsOf(present, past, [first.id]).length).toBe(rows.length + 16);
  });

  it('loses no line: the same and removed rows are the first text, the same and added rows the second', () => {
    const present = 'one\ntwo\n\nthree four\nfive\n';
    const past = 'zero\ntwo\nthree 4\n\nfive\nsix\n';
    const rows = rowsOf(present, past, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    const side = (kind: 'removed' | 'added'): string =>
      rows
        .filter((row) => row.kind === 'same' || row.kind === kind)
        .map((row) => shown(row).slice(1))
        .join('\n');
    expect(`${side('removed')}\n`).toBe(present);
    expect(`${side('added')}\n`).toBe(past);
  });

  it('marks the words that differ in a rewritten line, and leaves unlike lines whole', () => {
    const [removed, added] = rowsOf('taken at any time\n', 'taken at no time\n');
    expect(removed).toMatchObject({ pieces: [{ differs: false }, { text: 'any', differs: true }, { differs: false }] });
    expect(added).toMatchObject({ pieces: [{ differs: false }, { text: 'no', differs: true }, { differs: false }] });
    expect(rowsOf('Write this.\n', 'what is copied inside\n')[0]).toMatchObject({
      pieces: [{ text: 'Write this.', differs: false }],
    });
  });

  it('marks a run of differing words as one', () => {
    const [removed] = rowsOf('A backup is taken only while nobody writes.\n', 'A backup is taken at any time.\n');
    expect(removed).toMatchObject({ pieces: [{ differs: false }, { differs: true }, { text: '.', differs: false }] });
  });

  it('shows a file that exists on one side only', () => {
    expect(rowsOf('', 'a\nb\n').map(shown)).toEqual(['+a', '+b']);
    expect(rowsOf('same\n', 'same\n').map(shown)).toEqual([' same']);
  });
});
