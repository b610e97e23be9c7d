import { describe, expect, it } from 'vitest';
import { type DiffRow, diffText } from './diff-lines.ts';

function rowsOf(present: string, past: string, opened: number[] = []): readonly DiffRow[] {
  return diffText(present, past, new Set(opened))?.rows ?? [];
}

function shown(row: DiffRow): string {
  if (row.kind === 'fold') return `~${row.hidden}`;
  const sign = row.kind === 'same' ? ' ' : row.kind === 'gone' ? '-' : '+';
  return `${sign}${row.pieces.map((piece) => piece.text).join('')}`;
}

const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}`);

describe('the diff of a restore', () => {
  it('shows what goes and what comes back, in the direction of the restore', () => {
    expect(rowsOf('a\nnow\nz\n', 'a\nthen\nz\n').map(shown)).toEqual([' a', '-now', '+then', ' z']);
  });

  it('counts the lines of both sides', () => {
    expect(diffText('a\nb\nc\n', 'a\nx\n', new Set())).toMatchObject({ gone: 2, back: 1 });
  });

  it('numbers lines of the present and of the past separately', () => {
    const rows = rowsOf('a\nb\n', 'new\na\nb\n');
    expect(rows).toMatchObject([
      { kind: 'back', nowLine: null, thenLine: 1 },
      { kind: 'same', nowLine: 1, thenLine: 2 },
      { kind: 'same', nowLine: 2, thenLine: 3 },
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

  it('loses no line: the same and gone rows are the present, the same and back rows the past', () => {
    const present = 'one\ntwo\n\nthree four\nfive\n';
    const past = 'zero\ntwo\nthree 4\n\nfive\nsix\n';
    const rows = rowsOf(present, past, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    const side = (kind: 'gone' | 'back'): string =>
      rows
        .filter((row) => row.kind === 'same' || row.kind === kind)
        .map((row) => shown(row).slice(1))
        .join('\n');
    expect(`${side('gone')}\n`).toBe(present);
    expect(`${side('back')}\n`).toBe(past);
  });

  it('marks the words that differ in a rewritten line, and leaves unlike lines whole', () => {
    const [gone, back] = rowsOf('taken at any time\n', 'taken at no time\n');
    expect(gone).toMatchObject({ pieces: [{ differs: false }, { text: 'any', differs: true }, { differs: false }] });
    expect(back).toMatchObject({ pieces: [{ differs: false }, { text: 'no', differs: true }, { differs: false }] });
    expect(rowsOf('TODO\n', 'what is copied inside\n')[0]).toMatchObject({
      pieces: [{ text: 'TODO', differs: false }],
    });
  });

  it('marks a run of differing words as one', () => {
    const [gone] = rowsOf('A backup is taken only while nobody writes.\n', 'A backup is taken at any time.\n');
    expect(gone).toMatchObject({ pieces: [{ differs: false }, { differs: true }, { text: '.', differs: false }] });
  });

  it('shows a file that exists on one side only', () => {
    expect(rowsOf('', 'a\nb\n').map(shown)).toEqual(['+a', '+b']);
    expect(rowsOf('same\n', 'same\n').map(shown)).toEqual([' same']);
  });
});
