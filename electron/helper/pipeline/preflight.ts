import type { QuiesceMethodName } from '../../../shared/domain/method.ts';
import type { Policy } from '../../../shared/domain/policy.ts';
import type { Preflight } from '../../../shared/domain/preflight.ts';
import type { SourceSpec } from '../../../shared/domain/source.ts';
import { StillpointError } from '../../../shared/errors/index.ts';
import { type PickedMethods, pickMethods } from '../quiesce/index.ts';
import type { SourceFacts } from '../sources/contract.ts';
import type { BackupStages } from './backup.ts';
import { withoutHolding } from './unattended.ts';

export type Wishes = Pick<Policy, 'requiredLevel' | 'longestStallMs'> & {
  /** False: nothing that makes writers wait is used, whatever it promises. Default true. */
  readonly mayHold?: boolean;
};

export interface Picked {
  readonly facts: SourceFacts;
  readonly picked: PickedMethods;
  readonly preflight: Preflight;
  /** A method was left out for no other reason than that it holds writers. */
  readonly isWithheld: boolean;
}

/** Methods that hold everybody who writes anywhere on the source's filesystem. */
const holdsFilesystem: ReadonlySet<QuiesceMethodName> = new Set(['precopy-freeze', 'fsfreeze-copy']);

/** Facts, promises and the order of methods for one run. Looks only. */
export async function pickFor(
  spec: SourceSpec,
  wishes: Wishes,
  stages: Pick<BackupStages, 'examine' | 'methods'>,
  signal: AbortSignal,
): Promise<Picked> {
  const facts = await stages.examine(spec, signal);
  const lease = { longestStallMs: wishes.longestStallMs };
  const promised = await Promise.all(stages.methods.map((method) => method.preflight(facts, lease)));
  const asked = promised.map((promise) =>
    wishes.mayHold === false ? withoutHolding(promise, wishes.longestStallMs) : { promise, isWithheld: false },
  );
  const promises = asked.map(({ promise }) => promise);
  const picked = pickMethods(stages.methods, promises, wishes);
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
  return { facts, picked, preflight, isWithheld: asked.some(({ isWithheld }) => isWithheld) };
}

/** What a source would get, for whoever is about to add it. */
export async function preflightOf(
  spec: SourceSpec,
  wishes: Wishes,
  stages: Pick<BackupStages, 'examine' | 'methods'>,
  signal: AbortSignal,
): Promise<Preflight> {
  return (await pickFor(spec, wishes, stages, signal)).preflight;
}

function noMethod(): StillpointError {
  return new StillpointError({
    kind: 'internal',
    message: 'No way to copy this source was offered.',
    guidance: 'This is a defect; send the log.',
  });
}
