import type { FilesystemFacts } from '../../sources/filesystem/facts.ts';
import type { Picture } from '../picture/contract.ts';
import type { ChangeTracker } from '../tracking/contract.ts';

/** What a picture belongs to, as far as it is needed between runs. Nothing here is open. */
export type KeptSource = Pick<FilesystemFacts, 'spec' | 'deviceId' | 'inode' | 'root' | 'detail'>;

/** A picture and what keeps it true. Goes on listening, in a loan and between two. */
export class KeptPicture implements Disposable {
  readonly source: KeptSource;
  readonly tracker: ChangeTracker;
  readonly picture: Picture;
  readonly #subscription: Disposable;
  surroundings: string;
  /** Loans since the last full walk, the one under way counted. */
  loans = 0;
  walkedAtMs: number;

  constructor(source: KeptSource, tracker: ChangeTracker, picture: Picture, surroundings: string, nowMs: number) {
    const { spec, deviceId, inode, root, detail } = source;
    this.source = { spec, deviceId, inode, root, ...(detail === undefined ? {} : { detail }) };
    this.tracker = tracker;
    this.picture = picture;
    this.surroundings = surroundings;
    this.walkedAtMs = nowMs;
    this.#subscription = tracker.subscribe(picture);
  }

  get entries(): number {
    const { files, directories, others } = this.picture.counts;
    return files + directories + others;
  }

  walked(nowMs: number): void {
    this.loans = 0;
    this.walkedAtMs = nowMs;
  }

  [Symbol.dispose](): void {
    this.#subscription[Symbol.dispose]();
    this.tracker[Symbol.dispose]();
  }
}
