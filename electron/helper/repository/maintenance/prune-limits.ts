/** How much that nothing needs may stay in packs that are needed for others. */
export type UnusedLimit =
  | { readonly kind: 'bytes'; readonly bytes: number }
  /** Of the whole repository afterwards, 0 to below 100. */
  | { readonly kind: 'percent'; readonly percent: number }
  | { readonly kind: 'unlimited' };

export interface PruneLimits {
  /** Default: 5 %, as restic. */
  readonly maxUnused?: UnusedLimit | undefined;
  /** Bytes of packs that are written again at most; default: no limit. */
  readonly maxRepackBytes?: number | undefined;
  /** Also joins packs below four fifths of the usual length; without it only where ten and more are hardly begun. */
  readonly repackSmall?: boolean | undefined;
  /** Writes no pack again of which more is needed than is gained, unless it holds duplicates. */
  readonly onlyWorthwhile?: boolean | undefined;
  /** Somebody says that there is none any more: without it nothing is deleted where none is listed. */
  readonly evenWithoutSnapshots?: boolean | undefined;
}

export const defaultMaxUnused: UnusedLimit = { kind: 'percent', percent: 5 };

/** Bytes that may stay unused beside so many that are needed. */
export function toleratedBytes(limit: UnusedLimit, needed: number): number {
  if (limit.kind === 'unlimited') return Number.POSITIVE_INFINITY;
  if (limit.kind === 'bytes') return limit.bytes;
  return Math.floor((limit.percent / (100 - limit.percent)) * needed);
}
