import type { QuiesceMethodName } from '../../../shared/domain/method.ts';
import { type ErrorKind, isStillpointError, StillpointError, throwIfAborted } from '../../../shared/errors/index.ts';
import { isBaseNotStored } from '../capture/index.ts';
import type { Lease, QuiesceContext, QuiesceMethod, StillOutcome, StillView } from '../quiesce/contract.ts';
import { type NotUsed, whyNotUsed } from '../quiesce/index.ts';
import type { SourceFacts } from '../sources/contract.ts';

/** What a weaker method may still achieve after a stronger one was refused; anything else ends the run. */
const fallBackOn: readonly ErrorKind[] = [
  'freeze-refused',
  'freeze-busy',
  'freeze-unsupported',
  'freeze-not-permitted',
  'freeze-ended-early',
  'scratch-full',
];

/** A method that counted on the snapshot before for what is not in it after all may be followed by one that reads. */
function mayFallBack(error: unknown): boolean {
  return isBaseNotStored(error) || fallBackOn.some((kind) => isStillpointError(error, kind));
}

/** Nothing of its view was being stored, and it is no verdict of its own: a system call, or a defect of ours. */
function isUnexpected(error: unknown): boolean {
  return !(error instanceof StillpointError) || error.kind === 'internal';
}

/** A method stands on more than it can foresee. What it stumbles over before its view is used keeps no weaker one from trying. */
function asRefusal(error: unknown): StillpointError {
  const message = error instanceof Error ? error.message : String(error);
  return new StillpointError({
    kind: 'freeze-refused',
    message: `Something unexpected happened, which is a defect of Stillpoint: ${message}`,
    guidance: 'It is taken by another method. Send the log of this run.',
    cause: error,
  });
}

export interface Attempted<T> extends StillOutcome<T> {
  readonly method: QuiesceMethodName;
  readonly attempts: number;
  /** Why the methods tried before did not hold, for the evidence. */
  readonly refused: readonly string[];
}

/**
 * Tries methods in the picker's order until one brings the source to a still point. What an attempt that ended early had
 * stored stays stored, unreferenced, and is found again by content; its view is never published.
 */
export async function firstThatHolds<T>(
  methods: readonly QuiesceMethod[],
  facts: SourceFacts,
  lease: Lease,
  context: QuiesceContext,
  use: (view: StillView) => Promise<T>,
): Promise<Attempted<T>> {
  const refused: NotUsed[] = [];
  for (const [index, method] of methods.entries()) {
    let isUsed = false;
    try {
      const outcome = await method.withStillView(facts, lease, context, (view) => {
        isUsed = true;
        return use(view);
      });
      return { ...outcome, method: method.name, attempts: index + 1, refused: whyNotUsed(refused, 'tried') };
    } catch (thrown) {
      if (isUnexpected(thrown)) throwIfAborted(context.signal);
      const last = index === methods.length - 1;
      const error = !last && !isUsed && isUnexpected(thrown) ? asRefusal(thrown) : thrown;
      if (last || !mayFallBack(error)) throw error;
      const given: NotUsed = { method: method.name, reason: (error as StillpointError).message };
      refused.push(given);
      context.report.note('warning', whyNotUsed([given], 'tried').join(' '));
    }
  }
  throw new StillpointError({
    kind: 'internal',
    message: 'No way to copy this source was offered.',
    guidance: 'This is a defect; send the log of this run.',
  });
}
