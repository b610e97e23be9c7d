import { warnDaysAhead } from '../../../shared/domain/keep/growth.ts';
import type { RepositoryFacts } from './repository-state.ts';

const day = 86_400_000;
const month = 30.44;

/** How fast a repository fills, in parts, so that each language can build its own sentence. */
export type GrowthWords =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'steady' }
  | {
      readonly kind: 'growing';
      readonly bytesPerMonth: number;
      /** Days until it is full; null: not foreseeable. */
      readonly daysLeft: number | null;
      /** Soon enough to be warned of. */
      readonly soon: boolean;
    };

export function growthOf(
  { growthPerDay, fullAt }: Pick<RepositoryFacts, 'growthPerDay' | 'fullAt'>,
  now: number,
): GrowthWords {
  if (growthPerDay === null) return { kind: 'unknown' };
  if (growthPerDay <= 0) return { kind: 'steady' };
  const daysLeft = fullAt === null ? null : Math.max(0, Math.floor((fullAt - now) / day));
  return {
    kind: 'growing',
    bytesPerMonth: growthPerDay * month,
    daysLeft,
    soon: fullAt !== null && fullAt < now + warnDaysAhead * day,
  };
}

/** `9 days`, `5 months`, `3 years`: a forecast is no more exact than that. */
export function roughSpan(days: number): { readonly unit: 'day' | 'month' | 'year'; readonly count: number } {
  if (days < 60) return { unit: 'day', count: Math.round(days) };
  if (days < 730) return { unit: 'month', count: Math.round(days / month) };
  return { unit: 'year', count: Math.round(days / 365.25) };
}
