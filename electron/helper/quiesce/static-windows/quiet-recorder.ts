import type { SourceId } from '../../../../shared/domain/ids.ts';
import type { QuietLook } from '../../../../shared/domain/static-windows.ts';
import type { SourceFacts } from '../../sources/contract.ts';
import { type OpenWriters, scanOpenWritersInTurns } from '../../system/open-writers.ts';
import type { QuiesceMethod } from '../contract.ts';
import { type DrainedSource, rulesText } from '../journal/index.ts';
import { ChangeRecord, type RecordedActivity } from './change-record.ts';
import { LooksTogether, type PlacesOfSource } from './looks-together.ts';
import type { StaticWindows } from './static-windows.ts';

export interface QuietRecorderOptions {
  readonly windows: StaticWindows;
  /** Registered sources that protect just this, whoever keeps their snapshots where. */
  readonly sourcesOf: (spec: DrainedSource['spec']) => readonly SourceId[];
  /** Registered sources that this is one of several places of. Default: none. */
  readonly groupsOf?: (spec: DrainedSource['spec']) => readonly PlacesOfSource[];
  /** Who can write without being told of; others in tests. */
  readonly scan?: (device: string) => Promise<OpenWriters>;
  /** A clock that stands still while the system sleeps, ms. */
  readonly awakeMs?: () => number;
  /** Wall clock, ms. */
  readonly nowMs?: () => number;
  /** How often a source is looked at, ms. Looking reads all of /proc. Default 60 s. */
  readonly lookEveryMs?: number;
  /** How often windows are written down, ms. Default 5 minutes. */
  readonly flushEveryMs?: number;
}

const defaultLookEveryMs = 60_000;
const defaultFlushEveryMs = 5 * 60_000;
/** What was on its way from one program to another has arrived a moment later. */
const mostScans = 3;
/** What was told longer ago says nothing of now: the source is not followed any more, or is at work on. */
const freshMs = 15_000;

interface Followed {
  record: symbol;
  /** Since the last look. */
  changes: number;
  doubt: boolean;
  toldMs: number;
  nextLookMs: number;
  readonly known: ChangeRecord;
}

/**
 * Makes looks at quiet out of what a journal tells between runs. Each look asks also who could write unseen: without
 * knowing that, nothing is quiet. While something of ours is held, or may be, nobody is looked at and nothing written.
 */
export class QuietRecorder {
  readonly #options: QuietRecorderOptions;
  readonly #followed = new Map<string, Followed>();
  readonly #together = new LooksTogether();
  readonly #scans = new Map<string, Promise<OpenWriters | null>>();
  #busy = 0;
  #nextFlushMs: number | null = null;
  #flushing: Promise<void> = Promise.resolve();

  constructor(options: QuietRecorderOptions) {
    this.#options = options;
  }

  /** For `JournalOptions.onDrained`: microseconds, unless a look is due. */
  drained(source: DrainedSource, atMs: number): void {
    const place = rulesText(source.spec);
    const followed = this.#followed.get(place) ?? this.#follow(place, source.record);
    followed.changes += source.changes;
    followed.doubt ||= source.doubt !== null || followed.record !== source.record;
    followed.record = source.record;
    followed.toldMs = atMs;
    followed.known.told(atMs, source.changes);
    // The first look comes at once; a clock that was set back does not put it off.
    const { lookEveryMs = defaultLookEveryMs } = this.#options;
    if (this.#busy > 0 || (atMs < followed.nextLookMs && followed.nextLookMs - atMs <= lookEveryMs)) return;
    followed.nextLookMs = atMs + lookEveryMs;
    const told = { changes: followed.changes, isDoubted: followed.doubt };
    followed.changes = 0;
    followed.doubt = false;
    void this.#look(source, followed.known, { ...told, atMs, awakeMs: this.#awakeMs() });
  }

  /**
   * Nobody is looked at and nothing is written until this is over: something may be held meanwhile. Looks that are missing
   * for long leave a gap.
   */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#busy += 1;
    try {
      await this.#flushing;
      return await work();
    } finally {
      this.#busy -= 1;
    }
  }

  /** The method, with nobody looked at while it may hold. */
  beside<F extends SourceFacts>(method: QuiesceMethod<F>): QuiesceMethod<F> {
    return { ...method, withStillView: (...all) => this.during(() => method.withStillView(...all)) };
  }

  /**
   * What changed in a source since an instant, ms, from the record; undefined where that cannot be told: it was not
   * followed all the time, something was missed, or somebody could write unseen.
   */
  activitySince(spec: DrainedSource['spec'], sinceMs: number): RecordedActivity | undefined {
    const followed = this.#followed.get(rulesText(spec));
    const { nowMs = Date.now } = this.#options;
    if (followed === undefined || followed.doubt || Math.abs(nowMs() - followed.toldMs) > freshMs) return undefined;
    return followed.known.since(sinceMs);
  }

  #follow(place: string, record: symbol): Followed {
    const fresh: Followed = { record, changes: 0, doubt: true, toldMs: 0, nextLookMs: 0, known: new ChangeRecord() };
    this.#followed.set(place, fresh);
    return fresh;
  }

  async #look(source: DrainedSource, known: ChangeRecord, told: Omit<QuietLook, 'canBeWrittenUnseen'>): Promise<void> {
    const scan = await this.#scanOnce(source.device, told.atMs);
    const look: QuietLook = { ...told, canBeWrittenUnseen: scan === null || canWriteUnseen(scan, source) };
    known.look(look);
    try {
      const { windows, sourcesOf, groupsOf } = this.#options;
      for (const id of sourcesOf(source.spec)) windows.look(id, look);
      for (const group of groupsOf?.(source.spec) ?? []) {
        const all = this.#together.add(group, rulesText(source.spec), look);
        if (all !== null) windows.look(group.id, all);
      }
    } catch {
      // A registry that cannot be read just now: a look less.
    }
    this.#flushNowAndThen(told.atMs);
  }

  /** Sources of one filesystem that were drained together are looked at together. Null: it could not be told. */
  #scanOnce(device: string, atMs: number): Promise<OpenWriters | null> {
    const name = `${device} ${atMs}`;
    const under = this.#scans.get(name);
    if (under !== undefined) return under;
    const scan = this.#scan(device).finally(() => this.#scans.delete(name));
    this.#scans.set(name, scan);
    return scan;
  }

  async #scan(device: string): Promise<OpenWriters | null> {
    const { scan = scanOpenWritersInTurns } = this.#options;
    try {
      for (let tries = 1; ; tries += 1) {
        const found = await scan(device);
        if (found.gaps.length === 0) return found;
        if (tries === mostScans) return null;
      }
    } catch {
      return null;
    }
  }

  #flushNowAndThen(atMs: number): void {
    const { windows, flushEveryMs = defaultFlushEveryMs } = this.#options;
    this.#nextFlushMs ??= atMs + flushEveryMs;
    if (this.#busy > 0 || (atMs < this.#nextFlushMs && this.#nextFlushMs - atMs <= flushEveryMs)) return;
    this.#nextFlushMs = atMs + flushEveryMs;
    // What could not be written is tried again the next time; it may be lost without harm.
    this.#flushing = windows.flush().catch(() => undefined);
  }

  #awakeMs(): number {
    return (this.#options.awakeMs ?? (() => performance.now()))();
  }
}

/**
 * Whoever has a file open for writing may map it, store into it and let the mapping go between two looks, and nobody is told
 * while the descriptor stays open. What is in swap files means nothing to anybody else.
 */
function canWriteUnseen({ writers }: OpenWriters, { holds }: DrainedSource): boolean {
  const swap = new Set(writers.flatMap(({ how, inode, isCertain }) => (how === 'swap' && isCertain ? [inode] : [])));
  return writers.some(({ inode }) => !swap.has(inode) && holds(inode));
}
