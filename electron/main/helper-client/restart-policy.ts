export interface RestartLimits {
  /** So many crashes within the window are answered by a restart; one more, and we stop trying. */
  readonly maxCrashes: number;
  readonly windowMs: number;
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
}

export const restartLimits: RestartLimits = {
  maxCrashes: 5,
  windowMs: 60_000,
  firstDelayMs: 200,
  longestDelayMs: 5_000,
};

/**
 * How long to wait before the next start, given the times of all crashes so far (milliseconds, ascending, the newest
 * just now). `undefined`: it has crashed too often in too short a time.
 */
export function restartDelay(crashes: readonly number[], limits: RestartLimits = restartLimits): number | undefined {
  const newest = crashes.at(-1);
  if (newest === undefined) return 0;
  const recent = crashes.filter((at) => at > newest - limits.windowMs).length;
  if (recent > limits.maxCrashes) return undefined;
  return Math.min(limits.firstDelayMs * 2 ** (recent - 1), limits.longestDelayMs);
}
