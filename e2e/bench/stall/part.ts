import type { Contender, Target } from '../../harness/bench.ts';

/** Contenders that run in turns, with what they need opened; it is closed when the part is disposed of. */
export interface BenchPart extends AsyncDisposable {
  readonly title: string;
  readonly contenders: readonly Contender[];
  readonly targets: readonly Target[];
}

export interface PartScale {
  readonly large: boolean;
}
