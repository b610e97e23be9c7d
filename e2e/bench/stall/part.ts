import type { Contender, Target } from '../../harness/bench.ts';

/** Contenders that run in turns, with what they need opened; it is closed when the part is disposed of. */
export interface BenchPart extends AsyncDisposable {
  readonly title: string;
  readonly contenders: readonly Contender[];
  readonly targets: readonly Target[];
  /** In place of what its scale says; see `BenchOptions`. */
  readonly mostMs?: number;
}

export interface PartScale {
  readonly large: boolean;
}
