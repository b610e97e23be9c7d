import type { MethodPromise } from '../../../../shared/domain/preflight.ts';
import type { GroupFacts } from '../../sources/group/facts.ts';
import { deviceNumber } from '../../system/mounts.ts';
import type { Lease } from '../contract.ts';
import type { QuiesceEnvironment } from '../environment.ts';
import { promiseOf } from '../precopy-freeze/preflight.ts';
import type { MeasuredStalls } from '../precopy-freeze/stall-model.ts';

/** All or nothing: each of them has to be held. A pause is as long as that of all of them, one after the other. */
export function groupPromise(
  facts: GroupFacts,
  lease: Lease,
  environment: QuiesceEnvironment,
  stalls: MeasuredStalls,
): MethodPromise {
  const promises = facts.members.map((member) => ({ member, promise: promiseOf(member, lease, environment, stalls) }));
  const refused = promises.filter(({ promise }) => !promise.available);
  const perFilesystem = new Map(
    promises.map(({ member, promise }) => [deviceNumber(member.mount), promise.expectedStallMs] as const),
  );
  const expectedStallMs = [...perFilesystem.values()].reduce((sum, ms) => sum + ms, 0);
  const told = refused.length > 0 ? refused : promises;
  const reasons = told.flatMap(({ member, promise }) =>
    promise.reasons.map((reason) => (refused.length > 0 ? `${member.location}: ${reason}` : reason)),
  );
  return {
    method: 'precopy-freeze',
    available: refused.length === 0,
    level: 'filesystem',
    expectedStallMs,
    reasons: [...new Set(reasons)],
    remedies: [...new Set(refused.flatMap(({ promise }) => promise.remedies))],
  };
}
