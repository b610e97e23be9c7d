/** Where each lane is drawn, in pixels from the top of the lanes. */
export interface Row {
  readonly top: number;
  readonly height: number;
  /** Height of the part that holds the marks; below it an unfolded run shows its phases. */
  readonly lane: number;
}

export interface Rows {
  readonly rows: readonly Row[];
  readonly total: number;
  /** The height at which no lane would gain from more room. */
  readonly natural: number;
  readonly compact: boolean;
}

export const compactHeight = 40;
const smallest = 58;
const largest = 76;
/** From this many lanes on they are compact. */
const compactFrom = 7;
export const phaseRowHeight = 19;
export const phasesPadding = 10;

/** Lanes share the room they have; above six they are compact and scroll. `unfolded` makes room for a run's phases. */
export function layoutRows(
  lanes: number,
  available: number,
  unfolded: { readonly lane: number; readonly phases: number } | null,
): Rows {
  const compact = lanes >= compactFrom;
  const extra = unfolded === null ? 0 : unfolded.phases * phaseRowHeight + phasesPadding;
  const share = (available - extra) / Math.max(1, lanes);
  const lane = compact ? compactHeight : Math.floor(Math.min(largest, Math.max(smallest, share)));
  const rows: Row[] = [];
  let top = 0;
  for (let at = 0; at < lanes; at += 1) {
    const height = lane + (unfolded?.lane === at ? extra : 0);
    rows.push({ top, height, lane });
    top += height;
  }
  return { rows, total: top, natural: lanes * (compact ? compactHeight : largest) + extra, compact };
}

/** The row at a height; -1 above the first and below the last. */
export function rowAt({ rows }: Rows, y: number): number {
  let low = 0;
  let high = rows.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const row = rows[middle];
    if (row === undefined) return -1;
    if (y < row.top) high = middle - 1;
    else if (y >= row.top + row.height) low = middle + 1;
    else return middle;
  }
  return -1;
}
