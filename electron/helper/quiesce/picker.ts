import { consistencyLevels } from '../../../shared/domain/level.ts';
import type { QuiesceMethodName } from '../../../shared/domain/method.ts';
import type { Policy } from '../../../shared/domain/policy.ts';
import type { MethodPromise } from '../../../shared/domain/preflight.ts';
import type { QuiesceMethod } from './contract.ts';

export interface PickedMethods {
  /** Those that may be used, the best first; the next is for when one turns out not to hold. */
  readonly methods: readonly QuiesceMethod[];
  /** Their promises, in the same order. */
  readonly promises: readonly MethodPromise[];
  /** One sentence for each method that promises more than the first but may not be used. */
  readonly whyNotStronger: readonly string[];
}

/** What each method does, for people. */
const deeds: Readonly<Record<QuiesceMethodName, string>> = {
  'precopy-freeze': 'Copying first and holding still for the rest',
  'fsfreeze-copy': 'Holding still for the whole copy',
  'btrfs-snapshot': 'A btrfs snapshot',
  'lvm-snapshot': 'An LVM snapshot',
  'zfs-snapshot': 'A ZFS snapshot',
  'tarantool-backup': 'A backup by Tarantool itself',
  'qemu-backup': 'A backup by QEMU',
  'openstack-image': 'An OpenStack image',
  live: 'Copying live',
};

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
    whyNotStronger: stronger.map(
      ({ promise }) => `${deeds[promise.method]} was not possible: ${refusals(promise, wishes).join(' ')}`,
    ),
  };
}

function compare(a: MethodPromise, b: MethodPromise): number {
  const byLevel = consistencyLevels.indexOf(a.level) - consistencyLevels.indexOf(b.level);
  return byLevel !== 0 ? byLevel : a.expectedStallMs - b.expectedStallMs;
}

/** Why a method may not be used; empty when it may. */
function refusals(promise: MethodPromise, { longestStallMs }: Pick<Policy, 'longestStallMs'>): readonly string[] {
  if (!promise.available) return promise.reasons.length > 0 ? promise.reasons : ['it is not available here.'];
  if (promise.expectedStallMs <= longestStallMs) return [];
  const expected = Math.ceil(promise.expectedStallMs);
  return [`writers would pause about ${expected} ms, longer than the ${longestStallMs} ms allowed.`];
}
