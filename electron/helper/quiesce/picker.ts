import { consistencyLevels } from '../../../shared/domain/level.ts';
import type { Policy } from '../../../shared/domain/policy.ts';
import type { MethodPromise } from '../../../shared/domain/preflight.ts';
import type { QuiesceMethod } from './contract.ts';
import { whyNotUsed } from './method-words.ts';

export interface PickedMethods {
  /** Those that may be used, the best first; the next is for when one turns out not to hold. */
  readonly methods: readonly QuiesceMethod[];
  /** Their promises, in the same order. */
  readonly promises: readonly MethodPromise[];
  /** Why each method that promises more than the first may not be used: one sentence for each reason. */
  readonly whyNotStronger: readonly string[];
}

/**
 * The methods to try, in order: the strongest level first, then the shortest pause. `promises[n]` is that of `methods[n]`.
 * A method that expects to hold writers longer than the policy allows is not used, whatever it promises. The required
 * level excludes nothing: a weaker run is published and reported as weaker.
 */
export function pickMethods(
  methods: readonly QuiesceMethod[],
  promises: readonly MethodPromise[],
  wishes: Pick<Policy, 'requiredLevel' | 'longestStallMs'>,
): PickedMethods {
  const pairs = methods.map((method, index) => {
    const promise = promises[index];
    if (promise?.method !== method.name) throw new Error(`the promise of ${method.name} is missing`);
    return { method, promise };
  });
  const ordered = pairs.toSorted((a, b) => compare(a.promise, b.promise));
  const usable = ordered.filter(({ promise }) => refusals(promise, wishes).length === 0);
  const [first] = usable;
  const stronger = first === undefined ? ordered : ordered.slice(0, ordered.indexOf(first));
  return {
    methods: usable.map(({ method }) => method),
    promises: usable.map(({ promise }) => promise),
    whyNotStronger: whyNotUsed(
      stronger.map(({ promise }) => ({ method: promise.method, reason: refusals(promise, wishes).join(' ') })),
      'impossible',
    ),
  };
}

function compare(a: MethodPromise, b: MethodPromise): number {
  const byLevel = consistencyLevels.indexOf(a.level) - consistencyLevels.indexOf(b.level);
  return byLevel !== 0 ? byLevel : a.expectedStallMs - b.expectedStallMs;
}

/** Why a method may not be used; empty when it may. */
function refusals(promise: MethodPromise, { longestStallMs }: Pick<Policy, 'longestStallMs'>): readonly string[] {
  if (!promise.available) return promise.reasons.length > 0 ? promise.reasons : ['It is not available here.'];
  if (promise.expectedStallMs <= longestStallMs) return [];
  const expected = Math.ceil(promise.expectedStallMs);
  return [`Writers would pause about ${expected} ms, longer than the ${longestStallMs} ms allowed.`];
}
