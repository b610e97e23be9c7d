import type { Details } from './details.ts';

/**
 * What may be said in one sentence about how still a snapshot was. Each kind is only reached with the evidence for it:
 * without, the sentence says what is missing.
 */
export type Stillness =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'noEvidence'; readonly level: Exclude<Details['mark']['level'], null> }
  | { readonly kind: 'held'; readonly stallMs: number }
  | { readonly kind: 'application'; readonly application: string; readonly stallMs: number | null }
  | { readonly kind: 'filesystem' | 'crash' | 'observed-static' | 'per-file' }
  | { readonly kind: 'torn'; readonly files: number };

export function stillnessOf({ mark, evidence }: Details): Stillness {
  if (mark.level === null) return { kind: 'unknown' };
  if (evidence === null || evidence.level !== mark.level) return { kind: 'noEvidence', level: mark.level };
  switch (evidence.level) {
    case 'application':
      return {
        kind: 'application',
        application: evidence.agreement?.application ?? evidence.sourceName,
        stallMs: mark.stallMs,
      };
    case 'filesystem':
      return evidence.hold === null ? { kind: 'filesystem' } : { kind: 'held', stallMs: evidence.hold.stallMs };
    case 'torn':
      return { kind: 'torn', files: evidence.files.tornTotal };
    default:
      return { kind: evidence.level };
  }
}

/** Apart enough that the time of the snapshot would surprise whoever asked for it. */
const farApartMs = 5 * 60_000;

/** When the still point and the click lie far apart: both, else null. */
export function askedApart({ mark }: Details): { readonly point: number; readonly asked: number } | null {
  if (mark.askedAt === null || Math.abs(mark.time - mark.askedAt) < farApartMs) return null;
  return { point: mark.time, asked: mark.askedAt };
}
