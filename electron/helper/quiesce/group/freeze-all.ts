import type { FreezeGuard, FrozenMoment, FrozenOutcome } from '../guard/index.ts';
import type { HoldSteps } from '../holding/hold-still.ts';

/** Several filesystems that were held at one barrier. */
export interface HeldTogether {
  /** In the order of the freezes. Each stood until we ended it. */
  readonly outcomes: readonly Extract<FrozenOutcome<true>, { readonly held: true }>[];
}

/** What is known of a freeze that may not have stood. */
export type EndedFreeze = FrozenOutcome<true>;

/**
 * Freezes all in this order, runs `work` while every one of them is frozen, and thaws in reverse. `work` is as in `withFrozen`.
 * Whatever goes wrong, all that were frozen are thawed: an error is passed on after that. `onEnded` is told of each freeze
 * when none is left.
 */
export function freezeAll(
  guards: readonly FreezeGuard[],
  withFrozen: HoldSteps['withFrozen'],
  work: (moments: readonly FrozenMoment[]) => void,
  onEnded: (outcomes: readonly (EndedFreeze | undefined)[]) => void,
): HeldTogether {
  const moments: FrozenMoment[] = [];
  const outcomes: (EndedFreeze | undefined)[] = guards.map(() => undefined);
  const freezeFrom = (at: number): void => {
    const guard = guards[at];
    if (guard === undefined) {
      work(moments);
      return;
    }
    outcomes[at] = withFrozen<true>(guard, (moment) => {
      moments.push(moment);
      freezeFrom(at + 1);
      return true;
    });
  };
  try {
    freezeFrom(0);
  } finally {
    onEnded(outcomes);
  }
  const held = outcomes.flatMap((outcome) => (outcome?.held ? [outcome] : []));
  // One that ended early makes all of it void: there was no instant at which everything was held to the end.
  for (const outcome of outcomes) if (outcome !== undefined && !outcome.held) throw outcome.error;
  if (held.length !== guards.length) throw new Error('a freeze of a group has no outcome');
  return { outcomes: held };
}
