import type { ChangeListener, ChangeTracker, HandleKey } from '../contract.ts';

/** What a listener heard of one inode. */
export type Told = 'content' | 'metadata' | 'names';

/** Keeps what a tracker tells, until it is taken. */
export class RecordedChanges implements ChangeListener {
  readonly doubts: string[] = [];
  #told = new Map<HandleKey, Set<Told>>();

  content(key: HandleKey): void {
    this.#add(key, 'content');
  }
  metadata(key: HandleKey): void {
    this.#add(key, 'metadata');
  }
  names(key: HandleKey): void {
    this.#add(key, 'names');
  }
  doubt(reason: string): void {
    this.doubts.push(reason);
  }

  /** Drains, and forgets what was heard up to here. */
  takeFrom(tracker: ChangeTracker): ReadonlyMap<HandleKey, ReadonlySet<Told>> {
    tracker.drain();
    const told = this.#told;
    this.#told = new Map();
    return told;
  }

  #add(key: HandleKey, what: Told): void {
    const known = this.#told.get(key);
    if (known === undefined) this.#told.set(key, new Set([what]));
    else known.add(what);
  }
}
