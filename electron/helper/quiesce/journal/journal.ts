import type { OwnPlaces } from '../../sources/contract.ts';
import type { FilesystemFacts } from '../../sources/filesystem/facts.ts';
import { statxDescriptor } from '../../system/statx.ts';
import { filesystemsHandedOut } from '../../system/untold-writers.ts';
import { createPicture, type PictureCounts } from '../picture/index.ts';
import type { ChangeTracker, Trackers } from '../tracking/contract.ts';
import { entryMeta, noDetail } from '../view/entry-meta.ts';
import type { Journal, JournalLoan } from './contract.ts';
import { DrainTimer } from './drain-timer.ts';
import { generationOf } from './generations.ts';
import { type DrainedSource, KeptPicture } from './kept-picture.ts';
import { Loan } from './loan.ts';
import { Shelf } from './shelf.ts';
import { placeId, sourceId } from './source-id.ts';
import { surroundingsOf } from './surroundings.ts';
import { type FindHandedOut, UntoldLooks } from './untold-looks.ts';

export interface JournalOptions {
  readonly trackers: Trackers;
  /** Places that are never part of a source, as for `examine`. */
  readonly own?: () => OwnPlaces;
  /** Entries of all kept pictures together. Default 600,000: some 150 MB. */
  readonly maxEntries?: number;
  /** How often the kernel's queues are emptied when little happens, ms. Default 2 s. */
  readonly drainEveryMs?: number;
  /** A full walk is due after so many loans, or so long, ms, after the last. Defaults 20, 24 h. */
  readonly verifyAfterLoans?: number;
  readonly verifyAfterMs?: number;
  /** Of these filesystems those whose files are handed to a program that writes to them untold. Default: by /proc. */
  readonly findHandedOut?: FindHandedOut;
  /** How often at most that is looked for, ms. Default 1 minute. */
  readonly lookForUntoldEveryMs?: number;
  /** Wall clock, ms: it goes on while the system sleeps. */
  readonly now?: () => number;
  /** After each drain between runs, for each kept picture. `atMs`: whatever changed before it has been told by now. */
  readonly onDrained?: (source: DrainedSource, atMs: number) => void;
}

const defaultMaxEntries = 600_000;
const defaultDrainEveryMs = 2_000;
const defaultLookForUntoldEveryMs = 60_000;
const defaultVerifyAfterLoans = 20;
const defaultVerifyAfterMs = 24 * 60 * 60_000;

export const journalReasons = {
  first: 'This source is looked at for the first time since the helper started.',
  rules: 'What is left out of it was changed.',
  remounted: 'Its filesystem was mounted anew.',
  replaced: 'Another folder stands in its place.',
  lent: 'Another run is at work on it.',
  notKept: 'The last run did not end well.',
} as const;

export function createJournal(options: JournalOptions): Journal {
  return new PictureJournal(options);
}

class PictureJournal implements Journal {
  readonly #options: JournalOptions;
  readonly #shelf: Shelf;
  readonly #timer: DrainTimer;
  readonly #now: () => number;
  readonly #untold: UntoldLooks;
  /** Loans under way. */
  readonly #loans = new Set<Loan>();
  #isClosed = false;

  constructor(options: JournalOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#shelf = new Shelf(options.maxEntries ?? defaultMaxEntries);
    this.#untold = new UntoldLooks({
      find: options.findHandedOut ?? filesystemsHandedOut,
      everyMs: options.lookForUntoldEveryMs ?? defaultLookForUntoldEveryMs,
      now: this.#now,
      kept: () => this.#shelf.all.map(([, kept]) => kept),
      isQuiet: () => this.#loans.size === 0 && !this.#isClosed,
    });
    this.#timer = new DrainTimer(options.drainEveryMs ?? defaultDrainEveryMs, () => this.#drainAll());
  }

  lend(facts: FilesystemFacts, rootFd: number): JournalLoan {
    if (this.#isClosed) throw new Error('the journal is closed');
    const id = sourceId(facts);
    const isLent = [...this.#loans].some((loan) => loan.id === id);
    this.#dropOtherRules(facts, id);
    const tracker = this.#options.trackers.track(rootFd);
    try {
      const surroundings = surroundingsOf(facts, this.#own());
      const known = isLent ? undefined : this.#borrow(id, tracker, rootFd, surroundings);
      const { kept, startedAnew } = known ?? this.#anew(id, isLent, facts, tracker, rootFd, surroundings);
      if (known !== undefined) tracker[Symbol.dispose]();
      kept.loans += 1;
      const loan = new Loan(id, kept, startedAnew, this.#isVerificationDue(kept), rootFd, (ended) => this.#end(ended));
      this.#loans.add(loan);
      this.#startOrStop();
      return loan;
    } catch (error) {
      tracker[Symbol.dispose]();
      throw error;
    }
  }

  countsOf(source: Pick<FilesystemFacts, 'spec' | 'deviceId' | 'inode'>): PictureCounts | undefined {
    const id = sourceId(source);
    // What is at work on something may hold writers; it is not to be disturbed by looking around.
    if (this.#loans.size === 0 && this.#shelf.find(id) !== undefined) this.#drainAll();
    const kept = this.#shelf.find(id) ?? [...this.#loans].find((loan) => loan.id === id)?.kept;
    if (kept === undefined || !kept.picture.isComplete) return undefined;
    return this.#surroundingsNow(kept) === kept.surroundings ? kept.picture.counts : undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#timer.stop();
    this.#shelf.clear();
    await this.#untold.ended();
  }

  #own(): OwnPlaces {
    return this.#options.own?.() ?? { paths: [] };
  }

  /** The kept picture of a source, if it is still true of what `rootFd` is now. */
  #borrow(
    id: string,
    tracker: ChangeTracker,
    rootFd: number,
    surroundings: string,
  ): { kept: KeptPicture; startedAnew: string | null } | undefined {
    const kept = this.#shelf.find(id);
    if (kept === undefined) return undefined;
    if (kept.tracker.epoch !== tracker.epoch) {
      this.#shelf.drop(id, journalReasons.remounted);
      return undefined;
    }
    if (kept.picture.rootKey !== tracker.keyOf(rootFd)) {
      this.#shelf.drop(id, journalReasons.replaced);
      return undefined;
    }
    this.#shelf.take(id);
    if (kept.surroundings !== surroundings) {
      kept.surroundings = surroundings;
      kept.doubt('Something was mounted or unmounted below it, or a place of Stillpoint’s own was moved.');
    }
    const doubt = kept.picture.isComplete ? undefined : kept.picture.doubts.at(-1);
    if (kept.picture.isComplete) return { kept, startedAnew: null };
    return { kept, startedAnew: `Everything is looked at again. ${doubt ?? journalReasons.notKept}` };
  }

  #anew(
    id: string,
    isLent: boolean,
    facts: FilesystemFacts,
    tracker: ChangeTracker,
    rootFd: number,
    surroundings: string,
  ): { kept: KeptPicture; startedAnew: string } {
    // Its attributes are not read here: it is marked, and looked at in the caller's name.
    const meta = entryMeta(statxDescriptor(rootFd), noDetail);
    const since = { nowMs: this.#now(), generation: generationOf(rootFd, facts.mount.fsType) };
    const root = { key: tracker.keyOf(rootFd), meta, isStandIn: false };
    const picture = createPicture(root, { fsType: facts.mount.fsType });
    const startedAnew = isLent ? journalReasons.lent : (this.#shelf.reasonFor(id) ?? journalReasons.first);
    return { kept: new KeptPicture(facts, tracker, picture, surroundings, since), startedAnew };
  }

  /** The same folder with other rules: what is in its picture is not what belongs to it now. */
  #dropOtherRules(facts: FilesystemFacts, id: string): void {
    for (const [other, { source }] of this.#shelf.all) {
      if (other === id || placeId(source) !== placeId(facts) || source.spec.path !== facts.spec.path) continue;
      this.#shelf.drop(other, journalReasons.rules);
      this.#shelf.remember(id, journalReasons.rules);
    }
  }

  #isVerificationDue({ loans, walkedAtMs, picture }: KeptPicture): boolean {
    const { verifyAfterLoans = defaultVerifyAfterLoans, verifyAfterMs = defaultVerifyAfterMs } = this.#options;
    // What is not complete is walked anyway.
    return picture.isComplete && (loans > verifyAfterLoans || this.#now() - walkedAtMs >= verifyAfterMs);
  }

  #end(loan: Loan): void {
    const { id, kept } = loan;
    this.#loans.delete(loan);
    kept.picture.endRun();
    loan.note(this.#now());
    const isTaken = this.#shelf.find(id) !== undefined;
    if (loan.isKept && !isTaken && !this.#isClosed) {
      this.#shelf.put(id, kept);
    } else {
      kept[Symbol.dispose]();
      if (!isTaken) this.#shelf.remember(id, loan.distrust ?? journalReasons.notKept);
    }
    this.#startOrStop();
  }

  #startOrStop(): void {
    if (this.#shelf.size > 0) this.#timer.start();
    else this.#timer.stop();
  }

  /**
   * Empties the queues of filesystems that nobody is at work on; whoever is does it himself. Draining disturbs nobody, but
   * nothing is looked at while somebody may hold writers. Returns the number of events.
   */
  #drainAll(): number {
    const atMs = this.#now();
    const busy = new Set([...this.#loans].map(({ kept }) => kept.tracker.epoch));
    const isQuiet = this.#loans.size === 0;
    const idle = this.#shelf.all.filter(([, { tracker }]) => !busy.has(tracker.epoch));
    // One of each filesystem is enough: all who listen to it are told.
    const trackers = new Map(idle.map(([, kept]) => [kept.tracker.epoch, kept]));
    let events = 0;
    for (const kept of trackers.values()) events += guarded(kept, () => kept.tracker.drain());
    const drained = idle.map(([, { picture }]) => picture.doubts.length);
    if (isQuiet) for (const kept of trackers.values()) guarded(kept, () => lookedAround(kept.tracker));
    for (const [index, [id, kept]] of idle.entries()) {
      this.#options.onDrained?.(kept.report(), atMs);
      // It is not mounted as it was: what is there the next time may be anything.
      const reason = kept.picture.doubts[drained[index] ?? 0];
      if (reason !== undefined) this.#shelf.drop(id, reason);
    }
    if (isQuiet) this.#untold.look();
    if (this.#shelf.size === 0) this.#timer.stop();
    return events;
  }

  #surroundingsNow({ source }: KeptPicture): string | null {
    try {
      return surroundingsOf(source, this.#own());
    } catch {
      // The folder is not where it was.
      return null;
    }
  }
}

function lookedAround(tracker: ChangeTracker): number {
  tracker.lookAround();
  return 0;
}

/** What goes wrong between runs ends nothing: it is a doubt. */
function guarded(kept: KeptPicture, work: () => number): number {
  try {
    return work();
  } catch (error) {
    kept.doubt(`What the kernel tells of changes could not be read: ${(error as Error).message}`);
    return 0;
  }
}
