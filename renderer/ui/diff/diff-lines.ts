import { diffLines, diffWordsWithSpace } from 'diff';

export interface Piece {
  readonly text: string;
  /** True where this piece differs from the line it is paired with. */
  readonly differs: boolean;
}

export type DiffRow =
  | {
      readonly kind: 'same' | 'removed' | 'added';
      readonly pieces: readonly Piece[];
      readonly beforeLine: number | null;
      readonly afterLine: number | null;
    }
  | { readonly kind: 'fold'; readonly id: number; readonly hidden: number };

export interface TextDiff {
  readonly rows: readonly DiffRow[];
  /** Lines that only the first, and lines that only the second text has. */
  readonly removed: number;
  readonly added: number;
}

/** Lines of agreement kept around a change; longer runs fold to one row. */
const contextLines = 3;
/** A diff that needs longer than this is told as two whole texts instead. Milliseconds. */
const patience = 1_500;

/**
 * How `before` becomes `after`, line by line. `opened` holds the ids of folds the reader unfolded. Null when the texts
 * are too different to compare in reasonable time.
 */
export function diffText(before: string, after: string, opened: ReadonlySet<number>): TextDiff | null {
  const changes = diffLines(before, after, { timeout: patience });
  if (changes === undefined) return null;
  const rows: DiffRow[] = [];
  let beforeLine = 1;
  let afterLine = 1;
  let removed = 0;
  let added = 0;
  for (const [index, change] of changes.entries()) {
    const lines = splitLines(change.value);
    if (!change.added && !change.removed) {
      const run = lines.map(
        (text): DiffRow => ({
          kind: 'same',
          pieces: [{ text, differs: false }],
          beforeLine: beforeLine++,
          afterLine: afterLine++,
        }),
      );
      rows.push(...fold(run, index, { first: index === 0, last: index === changes.length - 1 }, opened));
      continue;
    }
    if (change.added) {
      added += lines.length;
      const partner = changes[index - 1];
      const paired = partner?.removed ? pairLines(splitLines(partner.value), lines).added : plain(lines);
      rows.push(
        ...paired.map((pieces): DiffRow => ({ kind: 'added', pieces, beforeLine: null, afterLine: afterLine++ })),
      );
      continue;
    }
    removed += lines.length;
    const partner = changes[index + 1];
    const paired = partner?.added ? pairLines(lines, splitLines(partner.value)).removed : plain(lines);
    rows.push(
      ...paired.map((pieces): DiffRow => ({ kind: 'removed', pieces, beforeLine: beforeLine++, afterLine: null })),
    );
  }
  return { rows, removed, added };
}

/** A final newline ends the last line and does not begin another one. */
function splitLines(value: string): string[] {
  const lines = value.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
}

function plain(lines: readonly string[]): readonly (readonly Piece[])[] {
  return lines.map((text) => [{ text, differs: false }]);
}

/** Marks the words that differ, where a block of lines was rewritten line by line; other blocks stay plain. */
function pairLines(
  removed: readonly string[],
  added: readonly string[],
): { readonly removed: readonly (readonly Piece[])[]; readonly added: readonly (readonly Piece[])[] } {
  if (removed.length !== added.length || removed.length > 200) return { removed: plain(removed), added: plain(added) };
  const removedRows: (readonly Piece[])[] = [];
  const addedRows: (readonly Piece[])[] = [];
  for (const [index, removedLine] of removed.entries()) {
    const addedLine = added[index] ?? '';
    const words =
      removedLine.length + addedLine.length > 2_000 ? undefined : diffWordsWithSpace(removedLine, addedLine);
    const shared = (words ?? []).filter((word) => !word.added && !word.removed).map((word) => word.value.trim());
    // Lines that share less than half of the shorter one are two lines, not one that was edited.
    const alike = shared.join('').length * 2 >= Math.min(removedLine.trim().length, addedLine.trim().length);
    if (words === undefined || !alike) {
      removedRows.push([{ text: removedLine, differs: false }]);
      addedRows.push([{ text: addedLine, differs: false }]);
      continue;
    }
    removedRows.push(
      joined(words.filter((word) => !word.added).map((word) => ({ text: word.value, differs: word.removed }))),
    );
    addedRows.push(
      joined(words.filter((word) => !word.removed).map((word) => ({ text: word.value, differs: word.added }))),
    );
  }
  return { removed: removedRows, added: addedRows };
}

/** Runs of differing words become one piece: a blank between two of them is not what they have in common. */
function joined(pieces: readonly Piece[]): readonly Piece[] {
  const result: Piece[] = [];
  for (const [index, piece] of pieces.entries()) {
    const last = result.at(-1);
    const bridge = piece.text.trim() === '' && last?.differs === true && pieces[index + 1]?.differs === true;
    const differs = piece.differs || bridge;
    if (last?.differs === differs) result[result.length - 1] = { text: last.text + piece.text, differs };
    else result.push({ text: piece.text, differs });
  }
  return result;
}

function fold(
  run: readonly DiffRow[],
  id: number,
  place: { readonly first: boolean; readonly last: boolean },
  opened: ReadonlySet<number>,
): readonly DiffRow[] {
  const before = place.first ? 0 : contextLines;
  const after = place.last ? 0 : contextLines;
  const hidden = run.length - before - after;
  if (hidden < 2 || opened.has(id)) return run;
  return [...run.slice(0, before), { kind: 'fold', id, hidden }, ...run.slice(run.length - after)];
}
