import type { FilesystemFacts } from '../../sources/filesystem/facts.ts';
import { deviceNumber } from '../../system/mounts.ts';
import type { Picture } from '../picture/contract.ts';
import type { ChangeListener, ChangeTracker } from '../tracking/contract.ts';

/** What a picture belongs to, as far as it is needed between runs. Nothing here is open. */
export type KeptSource = Pick<FilesystemFacts, 'spec' | 'deviceId' | 'inode' | 'root' | 'detail' | 'mount'>;

/** What was told of one source since it was told the time before, what came while its picture was lent included. */
export interface DrainedSource {
  readonly spec: KeptSource['spec'];
  /** Events of something in the source; equal ones may have become one. 0: nothing that can be told changed. */
  readonly changes: number;
  /** Why changes may have been missed, for people; then nothing follows from `changes`. */
  readonly doubt: string | null;
  /** The same as long as it is the same picture: between two with others nobody may have listened. */
  readonly record: symbol;
  /** That of its filesystem's mounts: `8:1`. */
  readonly device: string;
  /** Whether something in the source has this inode number. Of use until the picture is lent again. */
  readonly holds: (inode: bigint) => boolean;
}

/** A picture and what keeps it true. Goes on listening, in a loan and between two. */
export class KeptPicture implements Disposable {
  readonly source: KeptSource;
  readonly tracker: ChangeTracker;
  readonly picture: Picture;
  readonly #subscriptions: readonly Disposable[];
  readonly #record = Symbol('picture');
  /** That of its filesystem's mounts: `8:1`. */
  readonly device: string;
  #toldBefore = 0;
  #doubt: string | null = null;
  surroundings: string;
  /** Loans since the last full walk, the one under way counted. */
  loans = 0;
  walkedAtMs: number;
  /** Whatever is not in the picture since its last walk or check is of this generation or a later one; null: not btrfs. */
  generation: bigint | null;
  /** Checks by generations since the last full walk. */
  checks = 0;

  constructor(
    source: KeptSource,
    tracker: ChangeTracker,
    picture: Picture,
    surroundings: string,
    since: { readonly nowMs: number; readonly generation: bigint | null },
  ) {
    const { spec, deviceId, inode, root, detail, mount } = source;
    this.source = { spec, deviceId, inode, root, mount, ...(detail === undefined ? {} : { detail }) };
    this.device = deviceNumber(mount);
    this.tracker = tracker;
    this.picture = picture;
    this.surroundings = surroundings;
    this.walkedAtMs = since.nowMs;
    this.generation = since.generation;
    // A run forgets the doubts that it settled; what is reported between runs has to know of them all the same.
    const doubted: ChangeListener = {
      content: ignore,
      metadata: ignore,
      names: ignore,
      doubt: (why) => this.#note(why),
    };
    this.#subscriptions = [tracker.subscribe(picture), tracker.subscribe(doubted)];
  }

  /** As if the kernel had told of it. */
  doubt(reason: string): void {
    this.#note(reason);
    this.picture.doubt(reason);
  }

  /** What was told since the report before. */
  report(): DrainedSource {
    const { picture } = this;
    const [changes, doubt] = [picture.told - this.#toldBefore, this.#doubt];
    this.#toldBefore = picture.told;
    this.#doubt = null;
    const holds = (inode: bigint): boolean => picture.keysOfInode(inode).length > 0;
    return { spec: this.source.spec, changes, doubt, record: this.#record, device: this.device, holds };
  }

  #note(reason: string): void {
    this.#doubt ??= reason;
  }

  get entries(): number {
    const { files, directories, others } = this.picture.counts;
    return files + directories + others;
  }

  /** All of it was looked at, after the subvolume was of this generation. */
  walked(nowMs: number, generation: bigint | null): void {
    this.checked(nowMs, generation);
    this.checks = 0;
  }

  /** What changed by the filesystem's own account was marked. */
  checked(nowMs: number, generation: bigint | null): void {
    this.loans = 0;
    this.walkedAtMs = nowMs;
    this.generation = generation;
    this.checks += 1;
  }

  [Symbol.dispose](): void {
    for (const subscription of this.#subscriptions) subscription[Symbol.dispose]();
    this.tracker[Symbol.dispose]();
  }
}

function ignore(): void {}
