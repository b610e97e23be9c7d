import { diffLines, diffWordsWithSpace } from 'diff';

export interface Piece {
  readonly text: string;
  /** True where this piece differs from the line it is paired with. */
  readonly differs: boolean;
}

export type DiffRow =
  | {
      readonly kind: 'same' | 'gone' | 'back';
      readonly pieces: readonly Piece[];
      readonly nowLine: number | null;
      readonly thenLine: number | null;
    }
  | { readonly kind: 'fold'; readonly id: number; readonly hidden: number };

export interface TextDiff {
  readonly rows: readonly DiffRow[];
  /** Lines of the present text that will go, and lines of the past text that come back. */
  readonly gone: number;
  readonly back: number;
}

/** Lines of agreement kept around a change; longer runs fold to one row. */
const contextLines = 3;
/** A diff that needs longer than this is told as two whole texts instead. Milliseconds. */
const patience = 1_500;

/**
 * What restoring does to a text: `gone` lines are in the present file and will not be after, `back` lines are in the
 * snapshot and return. `opened` holds the ids of folds the reader unfolded. Null when the texts are too different to
 * compare in reasonable time.
 */
export function diffText(present: string, past: string, opened: ReadonlySet<number>): TextDiff | null {
  const changes = diffLines(present, past, { timeout: patience });
  if (changes === undefined) return null;
  const rows: DiffRow[] = [];
  let nowLine = 1;
  let thenLine = 1;
  let gone = 0;
  let back = 0;
  for (const [index, change] of changes.entries()) {
    const lines = splitLines(change.value);
    if (!change.added && !change.removed) {
      const run = lines.map(
        (text): DiffRow => ({
          kind: 'same',
          pieces: [{ text, differs: false }],
          nowLine: nowLine++,
          thenLine: thenLine++,
        }),
      );
      rows.push(...fold(run, index, { first: index === 0, last: index === changes.length - 1 }, opened));
      continue;
    }
    if (change.added) {
      back += lines.length;
      const partner = changes[index - 1];
      const paired = partner?.removed ? pairLines(splitLines(partner.value), lines).back : plain(lines);
      rows.push(...paired.map((pieces): DiffRow => ({ kind: 'back', pieces, nowLine: null, thenLine: thenLine++ })));
      continue;
    }
    gone += lines.length;
    const partner = changes[index + 1];
    const paired = partner?.added ? pairLines(lines, splitLines(partner.value)).gone : plain(lines);
    rows.push(...paired.map((pieces): DiffRow => ({ kind: 'gone', pieces, nowLine: nowLine++, thenLine: null })));
  }
  return { rows, gone, back };
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
  gone: readonly string[],
  back: readonly string[],
): { readonly gone: readonly (readonly Piece[])[]; readonly back: readonly (readonly Piece[])[] } {
  if (gone.length !== back.length || gone.length > 200) return { gone: plain(gone), back: plain(back) };
  const goneRows: (readonly Piece[])[] = [];
  const backRows: (readonly Piece[])[] = [];
  for (const [index, goneLine] of gone.entries()) {
    const backLine = back[index] ?? '';
    const words = goneLine.length + backLine.length > 2_000 ? undefined : diffWordsWithSpace(goneLine, backLine);
    const shared = (words ?? []).filter((word) => !word.added && !word.removed).map((word) => word.value.trim());
    // Lines that share less than half of the shorter one are two lines, not one that was edited.
    const alike = shared.join('').length * 2 >= Math.min(goneLine.trim().length, backLine.trim().length);
    if (words === undefined || !alike) {
      goneRows.push([{ text: goneLine, differs: false }]);
      backRows.push([{ text: backLine, differs: false }]);
      continue;
    }
    goneRows.push(
      joined(words.filter((word) => !word.added).map((word) => ({ text: word.value, differs: word.removed }))),
    );
    backRows.push(
      joined(words.filter((word) => !word.removed).map((word) => ({ text: word.value, differs: word.added }))),
    );
  }
  return { gone: goneRows, back: backRows };
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
