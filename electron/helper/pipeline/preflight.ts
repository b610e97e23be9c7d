import type { QuiesceMethodName } from '../../../shared/domain/method.ts';
import type { Policy } from '../../../shared/domain/policy.ts';
import type { MethodPromise, Preflight } from '../../../shared/domain/preflight.ts';
import type { SourceSpec } from '../../../shared/domain/source.ts';
import { defaultStillRules, type StillRules, stillSentences } from '../../../shared/domain/still-rules.ts';
import { StillpointError } from '../../../shared/errors/index.ts';
import { type PickedMethods, pickMethods } from '../quiesce/index.ts';
import type { SourceFacts } from '../sources/contract.ts';
import type { BackupStages } from './backup.ts';
import { holdsWriters, withoutHolding } from './hold-rules.ts';

export type Wishes = Pick<Policy, 'requiredLevel' | 'longestStallMs'> & {
  /** Why nothing that makes writers wait may be used, whatever it promises, as a sentence for people. Default: it may. */
  readonly notHeldBecause?: string | null;
};

export interface Picked {
  readonly facts: SourceFacts;
  readonly picked: PickedMethods;
  readonly preflight: Preflight;
  /** `notHeldBecause`, where a method was left out for no other reason; else null. */
  readonly withheld: string | null;
}

/** Methods that hold everybody who writes anywhere on the source's filesystem. */
const holdsFilesystem: ReadonlySet<QuiesceMethodName> = new Set(['precopy-freeze', 'fsfreeze-copy']);

/** Facts, promises and the order of methods for one run. Looks only. */
export async function pickFor(
  spec: SourceSpec,
  wishes: Wishes,
  stages: Pick<BackupStages, 'examine' | 'methodsFor'>,
  signal: AbortSignal,
  counting: 'now' | 'when-asked' = 'now',
): Promise<Picked> {
  const facts = await stages.examine(spec, signal, counting);
  const lease = { longestStallMs: wishes.longestStallMs };
  const methods = stages.methodsFor(facts);
  const promised = await Promise.all(methods.map((method) => method.preflight(facts, lease)));
  const { notHeldBecause = null } = wishes;
  const asked = promised.map((promise) =>
    notHeldBecause === null
      ? { promise, isWithheld: false }
      : withoutHolding(promise, wishes.longestStallMs, notHeldBecause),
  );
  const promises = asked.map(({ promise }) => promise);
  const picked = pickMethods(methods, promises, wishes);
  const [chosen] = picked.promises;
  if (!chosen) throw noMethod();
  const preflight: Preflight = {
    chosen,
    considered: promises,
    filesystem: facts.filesystem,
    mountPoint: facts.mountPoint,
    device: facts.device,
    freezesWholeFilesystem: holdsFilesystem.has(chosen.method) && facts.mountPoint !== facts.location,
    leftOut: [...facts.leftOut],
    files: facts.files,
    bytes: facts.bytes,
    counted: facts.counted,
  };
  return { facts, picked, preflight, withheld: asked.some(({ isWithheld }) => isWithheld) ? notHeldBecause : null };
}

/**
 * What a source would get, for whoever is about to add it: at its best. That writers may be held at some times only is told
 * beside what holding them would give, and keeps nobody from asking for it at another time.
 */
export async function preflightOf(
  spec: SourceSpec,
  wishes: Wishes & { readonly still?: StillRules | undefined },
  stages: Pick<BackupStages, 'examine' | 'methodsFor'>,
  signal: AbortSignal,
): Promise<Preflight> {
  const { preflight } = await pickFor(spec, wishes, stages, signal);
  const limits = wishes.still === undefined ? [] : limitSentences(wishes.still);
  const withLimits = (promise: MethodPromise): MethodPromise =>
    promise.available && holdsWriters[promise.method]
      ? { ...promise, reasons: [...promise.reasons, ...limits] }
      : promise;
  return {
    ...preflight,
    chosen: withLimits(preflight.chosen),
    considered: preflight.considered.map(withLimits),
  };
}

/** What of the rules can keep writers from being held. */
function limitSentences(rules: StillRules): string[] {
  return stillSentences({
    ...rules,
    hooks: [],
    busyDisk: rules.busyDisk.afterwards === 'live' ? rules.busyDisk : defaultStillRules.busyDisk,
  });
}

function noMethod(): StillpointError {
  return new StillpointError({
    kind: 'internal',
    message: 'No way to copy this source was offered.',
    guidance: 'This is a defect; send the log.',
  });
}
