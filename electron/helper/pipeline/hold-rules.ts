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
/** What a disk did longer ago than this says nothing of now, ms. */
const longestGlanceMs = 4 * glance.ms;

/** A look at a source's disk that has begun. */
export interface DiskLook {
  /** Milliseconds since the epoch. */
  readonly fromMs: number;
  /** See `HoldConditions.diskUse`. */
  readonly use: () => number;
}

/** Begins to look at the disk, where the rules ask for it: what goes on meanwhile need not be waited for. */
export function beginLook(
  { busyDisk: { waitSeconds, afterwards } }: StillRules,
  conditions: HoldConditions,
  facts: SourceFacts,
): DiskLook | undefined {
  // Nothing would come of a look.
  if (waitSeconds === 0 && afterwards === 'hold') return undefined;
  const use = conditions.diskUse(facts);
  return use && { fromMs: conditions.now(), use };
}

/**
 * Resolves when writers may be held by these rules: asked right before they would be, because much time may have passed since
 * a method was picked. What a backup itself still writes counts as busy too, and is over soon. `look`: one that has begun,
 * if the rules ask for one.
 */
export async function awaitHolding(
  rules: StillRules,
  conditions: HoldConditions,
  facts: SourceFacts,
  look: DiskLook | undefined,
  report: Pick<PhaseReporter, 'note'>,
  signal: AbortSignal,
): Promise<void> {
  if (look) await awaitQuietDisk(rules, conditions, facts, look, report, signal);
  const refusal = await heldBackBy(rules, conditions);
  if (refusal !== null) throw notHeld(refusal);
}

async function awaitQuietDisk(
  rules: StillRules,
  conditions: HoldConditions,
  facts: SourceFacts,
  { fromMs, use }: DiskLook,
  report: Pick<PhaseReporter, 'note'>,
  signal: AbortSignal,
): Promise<void> {
  const { waitSeconds, afterwards } = rules.busyDisk;
  const isIdleAfter = async (ms: number): Promise<boolean> => {
    if (ms > 0) await conditions.pause(ms, signal);
    throwIfAborted(signal);
    return use() < glance.idleBelow;
  };
  const goneMs = conditions.now() - fromMs;
  const isRecent = goneMs >= 0 && goneMs <= longestGlanceMs;
  if (!isRecent) use();
  if (await isIdleAfter(isRecent ? glance.ms - goneMs : glance.ms)) return;
  // What this run read meanwhile may have kept it busy, and is over.
  if (isRecent && goneMs > 0 && (await isIdleAfter(glance.ms))) return;
  const looks = Math.max(1, Math.ceil((waitSeconds * 1000) / lookMs));
  for (let turn = 0; turn < looks; turn += 1) {
    await conditions.pause(turn === 0 ? lookMs - glance.ms : lookMs, signal);
    throwIfAborted(signal);
    if (use() < busyFrom) return;
    if (turn === 0 && looks > 1)
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
