/** A stretch of time. Wall clock, milliseconds since the epoch; `to` is later than `from`. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Shorter ones are not told: they say more about how often we look than about the source. */
export const leastStaticWindowMs = 30_000;

/** Looks further apart than this leave a gap: nobody was there to see. */
export const longestLookIntervalMs = 5 * 60_000;

/** How far wall clock and counting clock may drift apart between two looks. More is sleep, or a clock that was set. */
const clockSlackMs = 2_000;

/** What one look at the changes of a source showed. Two looks and what lies between them are one observation. */
export interface QuietLook {
  /** Wall clock, ms since the epoch. Everything that changed before this was told by this look or one before. */
  readonly atMs: number;
  /** A clock that only counts while the system is awake, ms: tells sleep and a set clock from time that was watched. */
  readonly awakeMs: number;
  /** Changes told since the look before that concern the source. */
  readonly changes: number;
  /** Somebody could change the source without being told of: shared mappings, loop devices, and what could not be seen. */
  readonly canBeWrittenUnseen: boolean;
  /** Changes may have been missed since the look before. */
  readonly isDoubted: boolean;
}

/** What is known of a source's quiet up to the last look. Begins with each start of watching, and is kept by nobody. */
export interface QuietWatch {
  readonly last: QuietLook | null;
  /** Since when nothing has changed, up to the last look; null: something has, or could have. */
  readonly quietSinceMs: number | null;
  /** Since when the source has been watched without a gap, up to the last look. */
  readonly watchedSinceMs: number | null;
}

export const noQuietWatch: QuietWatch = { last: null, quietSinceMs: null, watchedSinceMs: null };

export interface QuietStep {
  readonly watch: QuietWatch;
  /** A window that ended with this look, long enough to be told. */
  readonly quiet: Stretch | null;
  /** A stretch of watching that ended with this look, because it was interrupted. */
  readonly watched: Stretch | null;
}

/**
 * Takes in one look. Time between two looks counts as quiet only if nothing changed, nothing was doubted, nobody could
 * write unseen at either end, and somebody was watching all the time. When a change lies between two looks, the window
 * ended with the first of them: when it happened is not known.
 */
export function takeLook(watch: QuietWatch, look: QuietLook): QuietStep {
  const { last } = watch;
  if (last === null) return { watch: startingAt(look), quiet: null, watched: null };
  if (!isContinuous(last, look))
    return { watch: startingAt(look), quiet: quietUntil(watch, last.atMs), watched: watchedUntil(watch, last.atMs) };
  const staysQuiet = look.changes === 0 && !last.canBeWrittenUnseen && !look.canBeWrittenUnseen;
  const since = staysQuiet ? (watch.quietSinceMs ?? last.atMs) : look.canBeWrittenUnseen ? null : look.atMs;
  return {
    watch: { last: look, quietSinceMs: since, watchedSinceMs: watch.watchedSinceMs },
    quiet: staysQuiet ? null : quietUntil(watch, last.atMs),
    watched: null,
  };
}

/** What is known when watching ends: up to the last look, and not a moment more. */
export function endWatch(watch: QuietWatch): Omit<QuietStep, 'watch'> {
  const until = watch.last?.atMs ?? 0;
  return { quiet: quietUntil(watch, until), watched: watchedUntil(watch, until) };
}

/** All windows of a series of looks, the one still open at its end included. */
export function staticWindowsOf(looks: readonly QuietLook[]): Stretch[] {
  const windows: Stretch[] = [];
  let watch = noQuietWatch;
  for (const look of looks) {
    const step = takeLook(watch, look);
    if (step.quiet !== null) windows.push(step.quiet);
    watch = step.watch;
  }
  const { quiet } = endWatch(watch);
  return quiet === null ? windows : [...windows, quiet];
}

/**
 * How long nothing has changed, as far as `nowMs` is known to be: 0 when something has, when something could have unseen, and
 * when nobody has looked for long.
 */
export function quietForMs({ last, quietSinceMs }: QuietWatch, nowMs: number): number {
  if (last === null || quietSinceMs === null) return 0;
  const ageMs = nowMs - last.atMs;
  if (ageMs < -clockSlackMs || ageMs > longestLookIntervalMs) return 0;
  return Math.max(0, last.atMs - quietSinceMs);
}

/** Sorted, and those that overlap or touch made one. What is empty or runs backwards is left out. */
export function mergeStretches(stretches: readonly Stretch[]): Stretch[] {
  const merged: Stretch[] = [];
  const ordered = stretches.filter(({ fromMs, toMs }) => toMs > fromMs).sort((a, b) => a.fromMs - b.fromMs);
  for (const stretch of ordered) {
    const before = merged.at(-1);
    if (before === undefined || stretch.fromMs > before.toMs) merged.push(stretch);
    else if (stretch.toMs > before.toMs) merged[merged.length - 1] = { fromMs: before.fromMs, toMs: stretch.toMs };
  }
  return merged;
}

function startingAt(look: QuietLook): QuietWatch {
  return { last: look, quietSinceMs: look.canBeWrittenUnseen ? null : look.atMs, watchedSinceMs: look.atMs };
}

function isContinuous(last: QuietLook, look: QuietLook): boolean {
  const [wallMs, awakeMs] = [look.atMs - last.atMs, look.awakeMs - last.awakeMs];
  if (look.isDoubted || wallMs < 0 || awakeMs < 0) return false;
  return wallMs <= longestLookIntervalMs && Math.abs(wallMs - awakeMs) <= clockSlackMs;
}

function quietUntil({ quietSinceMs }: QuietWatch, untilMs: number): Stretch | null {
  if (quietSinceMs === null || untilMs - quietSinceMs < leastStaticWindowMs) return null;
  return { fromMs: quietSinceMs, toMs: untilMs };
}

function watchedUntil({ watchedSinceMs }: QuietWatch, untilMs: number): Stretch | null {
  return watchedSinceMs === null || untilMs <= watchedSinceMs ? null : { fromMs: watchedSinceMs, toMs: untilMs };
}
