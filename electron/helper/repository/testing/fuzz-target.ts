/** Something that takes bytes from elsewhere. */
export interface FuzzTarget {
  readonly name: string;
  /** What it takes when nothing is wrong: changes begin here. */
  readonly seeds: readonly Uint8Array[];
  /** Throws `StillpointError` for what it refuses; anything else is a finding. Throws `Escaped` for what it should have. */
  readonly run: (input: Buffer) => unknown;
}

/** Something went through that must not. */
export class Escaped extends Error {}
