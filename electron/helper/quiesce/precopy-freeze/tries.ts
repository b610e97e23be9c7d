import { isStillpointError, StillpointError } from '../../../../shared/errors/index.ts';
import type { QuiesceContext } from '../contract.ts';
import type { SourceHold } from './source-hold.ts';
import type { PrecopySteps } from './steps.ts';

const mostTries = 4;
const firstRestMs = 1000;

export interface TryParts<T> {
  readonly context: Pick<QuiesceContext, 'report' | 'signal'>;
  readonly pause: PrecopySteps['pause'];
  /** All that are held at one barrier; one alone too. */
  readonly sources: readonly SourceHold[];
  /** One hold; or why another is to be tried. */
  readonly once: () => Promise<T>;
  /** What a hold leaves of doubt, as why another is to be tried; the last is taken as it is. */
  readonly doubtOf: (taken: T) => string | undefined;
}

/** The holds of one run: until one stands and leaves no doubt, or it is time to say so. */
export class Tries {
  /** Why each before the last was not the last. */
  readonly reasons: string[] = [];
  /** What our own part of a hold threw: that may be tried again, what others refused is theirs to say. */
  #ownFailure: unknown;
  #overruns = 0;

  async until<T>({ context, pause, sources, once, doubtOf }: TryParts<T>): Promise<T> {
    const { report, signal } = context;
    for (let tries = 1; ; tries += 1) {
      const isLast = tries === mostTries;
      let reason: string | undefined;
      try {
        const taken = await once();
        reason = isLast ? undefined : doubtOf(taken);
        if (reason === undefined) return taken;
      } catch (error) {
        doubtPictures(error, sources);
        const isAgain = !isLast && error === this.#ownFailure && isRetried(error) && !this.#isOverrunAgain(error);
        if (!isAgain) {
          for (const source of sources) await source.forget();
          throw error;
        }
        reason = error.message;
      }
      this.reasons.push(reason);
      report.note('info', `${reason} It is tried again.`);
      for (const source of sources) await source.forget();
      await pause(firstRestMs * 2 ** (tries - 1), signal);
    }
  }

  /** Our own part of a hold. */
  own<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      this.#ownFailure = error;
      throw error;
    }
  }

  async ownInTurns<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.#ownFailure = error;
      throw error;
    }
  }

  /** Writers that waited twice for nothing are not asked a third time. */
  #isOverrunAgain(error: StillpointError): boolean {
    const isOverrun = error.kind === 'freeze-ended-early' && error.context.again === undefined;
    if (isOverrun) this.#overruns += 1;
    return this.#overruns > 1;
  }
}

/** What contradicts our picture is looked for by a walk, in the next run at the latest. */
function doubtPictures(error: unknown, sources: readonly SourceHold[]): void {
  if (!isStillpointError(error) || error.context.again !== 'walk') return;
  for (const { picture } of sources) if (picture.isComplete) picture.doubt(error.message);
}

/** Too much at this moment, or something that did not add up; not what will be the same in a few seconds. */
function isRetried(error: unknown): error is StillpointError {
  return (
    error instanceof StillpointError &&
    error.retryable &&
    ['freeze-refused', 'freeze-ended-early', 'scratch-full'].some((kind) => error.kind === kind) &&
    !isStillpointError(error, 'cancelled')
  );
}

export function nowhereToPut(): StillpointError {
  return new StillpointError({
    kind: 'freeze-refused',
    message: 'There is nowhere to put what is read before the pause.',
    guidance: 'It is taken by another method.',
  });
}
