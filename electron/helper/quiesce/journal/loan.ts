import type { Picture } from '../picture/index.ts';
import type { ChangeTracker } from '../tracking/contract.ts';
import type { JournalLoan } from './contract.ts';
import { generationOf, markChangedSince } from './generations.ts';
import type { KeptPicture } from './kept-picture.ts';

/** Of so many verifications in a row a filesystem's own account is enough; then everything is looked at. */
const mostChecks = 4;

/** One picture in the hands of one run. */
export class Loan implements JournalLoan {
  readonly id: string;
  readonly kept: KeptPicture;
  readonly startedAnew: string | null;
  readonly isVerificationDue: boolean;
  distrust: string | null = null;
  /** What its generations are asked by, and of when they were last. */
  readonly #rootFd: number;
  readonly #generation: bigint | null;
  #checkedGeneration: bigint | null = null;
  readonly #wasComplete: boolean;
  readonly #onEnd: (loan: Loan) => void;
  #isVerified = false;
  #isToBeKept = false;
  #isOver = false;

  constructor(
    id: string,
    kept: KeptPicture,
    startedAnew: string | null,
    isVerificationDue: boolean,
    rootFd: number,
    onEnd: (loan: Loan) => void,
  ) {
    this.id = id;
    this.kept = kept;
    this.startedAnew = startedAnew;
    this.isVerificationDue = isVerificationDue;
    this.#rootFd = rootFd;
    this.#generation = generationOf(rootFd, kept.source.mount.fsType);
    this.#wasComplete = kept.picture.isComplete;
    this.#onEnd = onEnd;
  }

  get tracker(): ChangeTracker {
    return this.kept.tracker;
  }

  get picture(): Picture {
    return this.kept.picture;
  }

  get isKept(): boolean {
    return this.#isToBeKept && this.distrust === null;
  }

  get wasWalked(): boolean {
    return this.#isVerified || (!this.#wasComplete && this.kept.picture.isComplete);
  }

  verified(differences: number): void {
    this.#isVerified = true;
    if (differences === 0) return;
    const entries = differences === 1 ? '1 entry' : `${differences} entries`;
    this.distrust = `A full look found ${entries} changed that nobody had told of.`;
  }

  async verifyByGenerations(): Promise<boolean> {
    const { generation, checks, picture } = this.kept;
    if (generation === null || checks >= mostChecks || !picture.isComplete) return false;
    const check = await markChangedSince(this.#rootFd, generation, picture);
    if (check === null) return false;
    this.#checkedGeneration = check.generation;
    return true;
  }

  /** What follows from it for the next verification. */
  note(nowMs: number): void {
    if (this.wasWalked) this.kept.walked(nowMs, this.#generation);
    else if (this.#checkedGeneration !== null) this.kept.checked(nowMs, this.#checkedGeneration);
  }

  keep(): void {
    this.#isToBeKept = true;
  }

  [Symbol.dispose](): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#onEnd(this);
  }
}
