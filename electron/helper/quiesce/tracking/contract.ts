/**
 * An inode's identity while its filesystem is mounted: type and bytes of its file handle, generation included, as
 * one character per byte. Source: name_to_handle_at(2).
 */
export type HandleKey = string & { readonly isHandleKey: true };

/** Hears of changes in the order in which the kernel told them. Called from `drain` only; must not wait for anything. */
export interface ChangeListener {
  /** The content may have changed: a write, a change of length, or a descriptor open for writing was closed. */
  content(key: HandleKey): void;
  /** Owner, mode, times, attributes or the number of names may have changed. */
  metadata(key: HandleKey): void;
  /** Names were added to, removed from or replaced in this directory. */
  names(directory: HandleKey): void;
  /** Changes may have been missed since the drain before this one; `reason` is for people. */
  doubt(reason: string): void;
}

/**
 * What changes on one whole filesystem, whoever changes it and by whichever mount. Not told, and to be found otherwise:
 * stores through shared mappings, writes by libaio and loop devices (until their descriptor is closed), swap. A write by
 * io_uring may be told a little after it was made.
 */
export interface ChangeTracker extends Disposable {
  /** Wall clock, ns: every change made after this is told. */
  readonly startedNs: bigint;
  /** Tells apart filesystem, boot and mount: a record of changes is good for one of these only. */
  readonly epoch: string;
  subscribe(listener: ChangeListener): Disposable;
  /**
   * Outside a hold only: whether the filesystem is still mounted as it was. If not, all listeners get a doubt. A tracker
   * of a filesystem that is gone tells nothing ever after, and `track` gives another, with another epoch.
   */
  lookAround(): void;
  /**
   * Hands everything the kernel has queued to the listeners, until nothing is left. Synchronous; waits for nobody, writes
   * nothing, opens and closes nothing: also for use while the filesystem is frozen. Returns the number of events.
   */
  drain(): number;
  /** Identity of what a descriptor (O_PATH too) stands for, in the form that events have. */
  keyOf(fd: number): HandleKey;
  /** The same of one entry of an open directory, not followed; undefined when it is gone. */
  keyAt(dirFd: number, name: Buffer): HandleKey | undefined;
}

/** Gives trackers, one for each filesystem, shared by all who ask at the same time. Disposing ends one's own share. */
export interface Trackers {
  /** Throws `freeze-refused` with words where the kernel or our rights do not allow tracking. `fd` is of the filesystem. */
  track(fd: number): ChangeTracker;
  /** Why `track` would refuse, for people; null when it would not. */
  problem(fd: number): string | null;
}
