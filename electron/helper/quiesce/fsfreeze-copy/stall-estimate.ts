/**
 * What a frozen copy costs, measured with warm caches (stall.bench notes in README.md), rounded up: one entry is looked at,
 * opened, asked for its attributes; each byte is read and kept.
 */
const microsecondsPerEntry = 20;
const nanosecondsPerByteInMemory = 0.6;
const nanosecondsPerByteInScratch = 2.5;
/** The freeze call itself, with everything flushed before; most of it waits for all processors to pass a safe point. */
const freezeMs = { expedited: 20, plain: 50 } as const;

export interface FrozenWork {
  readonly entries: number;
  readonly bytes: number;
  readonly memoryBytes: number;
  readonly isExpedited: boolean;
}

/** Milliseconds writers are expected to wait for a copy of a whole tree. */
export function expectedStallMs({ entries, bytes, memoryBytes, isExpedited }: FrozenWork): number {
  const inScratch = Math.max(0, bytes - memoryBytes);
  const copyMs =
    (entries * microsecondsPerEntry) / 1e3 +
    ((bytes - inScratch) * nanosecondsPerByteInMemory + inScratch * nanosecondsPerByteInScratch) / 1e6;
  return Math.ceil(copyMs + (isExpedited ? freezeMs.expedited : freezeMs.plain));
}
