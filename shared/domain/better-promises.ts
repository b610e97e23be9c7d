import { isAtLeast } from './level.ts';
import type { MethodPromise, Preflight } from './preflight.ts';

/** What would be better than the method that was chosen, and is not to be had here and now. */
export interface BetterPromises {
  /** Of a stronger level: first those about which something can be done; of these, and of the others, the stronger. */
  readonly stronger: readonly MethodPromise[];
  /** As strong, with a shorter pause, and something can be done about it. */
  readonly shorter: readonly MethodPromise[];
  /** Everything that would make it better, each once. */
  readonly remedies: MethodPromise['remedies'];
}

export function betterPromises({ chosen, considered }: Pick<Preflight, 'chosen' | 'considered'>): BetterPromises {
  const missing = considered.filter(({ available }) => !available);
  const stronger = missing.filter(({ level }) => !isAtLeast(chosen.level, level)).sort(nearestFirst);
  const shorter = missing.filter(
    ({ level, expectedStallMs, remedies }) =>
      level === chosen.level && expectedStallMs < chosen.expectedStallMs && remedies.length > 0,
  );
  return { stronger, shorter, remedies: [...new Set([...stronger, ...shorter].flatMap(({ remedies }) => remedies))] };
}

function nearestFirst(a: MethodPromise, b: MethodPromise): number {
  const byRemedy = Number(b.remedies.length > 0) - Number(a.remedies.length > 0);
  if (byRemedy !== 0 || a.level === b.level) return byRemedy;
  return isAtLeast(a.level, b.level) ? -1 : 1;
}
