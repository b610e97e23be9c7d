/** A run's turn at a repository, as far as it can let others go first. */
export interface OwnTurn {
  /** Aborted when somebody else wants it. Another one after each `giveWay`. */
  readonly wanted: AbortSignal;
  /** Lets all who wait by now go first, and has it again when it resolves. */
  giveWay(): Promise<void>;
  /** Others that wait are told so while `work` waits for somebody who is not here, e.g. another machine. */
  whileWaiting<T>(work: () => Promise<T>): Promise<T>;
}

/** Where nobody else can want it. */
export const nobodyElse: OwnTurn = {
  wanted: new AbortController().signal,
  giveWay: async () => {},
  whileWaiting: (work) => work(),
};
