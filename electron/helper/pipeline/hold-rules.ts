import type { QuiesceMethodName } from '../../../shared/domain/method.ts';
import type { MethodPromise } from '../../../shared/domain/preflight.ts';
import { busyDiskSentence, holdRefusal, type StillRules } from '../../../shared/domain/still-rules.ts';
import { StillpointError, throwIfAborted } from '../../../shared/errors/index.ts';
import type { PhaseReporter } from '../quiesce/contract.ts';
import type { SourceFacts } from '../sources/contract.ts';

/** Methods that make whoever writes to a filesystem wait. Every method has to be decided here. */
export const holdsWriters: Readonly<Record<QuiesceMethodName, boolean>> = {
  'precopy-freeze': true,
  'fsfreeze-copy': true,
  'btrfs-snapshot': false,
  // The device mapper freezes the filesystem above while it switches.
  'lvm-snapshot': true,
  'zfs-snapshot': false,
  'tarantool-backup': false,
  // The agent inside freezes the machine's filesystems.
  'qemu-backup': true,
  'openstack-image': true,
  live: false,
};

/** What hold rules are judged by. */
export interface HoldConditions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** The zone that times of day are meant in. */
  readonly zone: () => string;
  /** Null: it cannot be told. Asked only where it matters. */
  readonly onMains: () => Promise<boolean | null>;
  /** How much of the time since the call before the source's disk was at work, 0 to 1; undefined where that cannot be told. */
  readonly diskUse: (facts: SourceFacts) => (() => number) | undefined;
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Why a policy does not let writers be held now, as a sentence for people; null where it does. */
export async function heldBackBy(rules: StillRules, conditions: HoldConditions | undefined): Promise<string | null> {
  if (conditions === undefined) return null;
  const onMains = rules.onBattery === 'live' ? await conditions.onMains() : null;
  return holdRefusal(rules, { at: conditions.now(), zone: conditions.zone(), onMains });
}

/** A promise as it is where writers may not be held; `isWithheld`: nothing else would have kept it from being used. */
export function withoutHolding(
  promise: MethodPromise,
  longestStallMs: number,
  why: string,
): { readonly promise: MethodPromise; readonly isWithheld: boolean } {
  const couldBeUsed = promise.available && promise.expectedStallMs <= longestStallMs;
  if (!holdsWriters[promise.method] || !couldBeUsed) return { promise, isWithheld: false };
  return { promise: { ...promise, available: false, reasons: [why] }, isWithheld: true };
}

/** From this share of the time on a disk counts as busy. */
const busyFrom = 0.5;
/** One look; a shorter one would take a single request for a busy disk. */
const lookMs = 250;
/** A disk that hardly does anything shows it sooner: nobody waits for the whole look then. */
const glance = { ms: 50, idleBelow: 0.1 } as const;

/**
 * Resolves when writers may be held by these rules: asked right before they would be, because much time may have passed since
 * a method was picked. What a backup itself still writes counts as busy too, and is over soon.
 */
export async function awaitHolding(
  rules: StillRules,
  conditions: HoldConditions,
  facts: SourceFacts,
  report: Pick<PhaseReporter, 'note'>,
  signal: AbortSignal,
): Promise<void> {
  await awaitQuietDisk(rules, conditions, facts, report, signal);
  const refusal = await heldBackBy(rules, conditions);
  if (refusal !== null) throw notHeld(refusal);
}

async function awaitQuietDisk(
  rules: StillRules,
  conditions: HoldConditions,
  facts: SourceFacts,
  report: Pick<PhaseReporter, 'note'>,
  signal: AbortSignal,
): Promise<void> {
  const { waitSeconds, afterwards } = rules.busyDisk;
  // Nothing would come of a look.
  if (waitSeconds === 0 && afterwards === 'hold') return;
  const use = conditions.diskUse(facts);
  if (use === undefined) return;
  await conditions.pause(glance.ms, signal);
  throwIfAborted(signal);
  if (use() < glance.idleBelow) return;
  const looks = Math.max(1, Math.ceil((waitSeconds * 1000) / lookMs));
  for (let look = 0; look < looks; look += 1) {
    await conditions.pause(look === 0 ? lookMs - glance.ms : lookMs, signal);
    throwIfAborted(signal);
    if (use() < busyFrom) return;
    if (look === 0 && looks > 1)
      report.note(
        'info',
        `The disk of ${facts.location} is busy; waiting up to ${waitSeconds} s for a quieter moment.`,
      );
  }
  if (afterwards === 'live') throw notHeld(busyDiskSentence(rules));
  report.note('info', 'The disk stayed busy; writers are held all the same, which may take longer.');
}

function notHeld(message: string): StillpointError {
  return new StillpointError({
    kind: 'freeze-refused',
    message,
    guidance: 'Nothing was held still. The rules of the source say when it may be.',
  });
}
