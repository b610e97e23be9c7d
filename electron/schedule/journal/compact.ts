import { type Entry, parseLine } from './entries.ts';
import { History } from './fold.ts';

/** How long slots that were not run are shown. */
export const missedShownMs = 731 * 86_400_000;
/** Runs that are kept although nothing needs them any more but a list. */
const keptRuns = 200;

/** About how many lines are left. */
export function neededLines({ runs, held, unknown }: History): number {
  return 2 * Math.min(runs.length, keptRuns) + held.length + unknown + 2;
}

/**
 * The same history in fewer lines: without runs that are long accounted for (their logs are kept elsewhere), what held back
 * slots that are accounted for, and slots that were missed more than two years ago. What is not understood stays.
 */
export function compact(lines: readonly string[], now: number): string[] {
  const history = new History();
  const unknown: string[] = [];
  for (const line of lines) {
    const entry = parseLine(line);
    if (entry === 'unknown') unknown.push(line);
    else if (entry) history.add(entry);
  }
  return [...unknown, ...entriesOf(history, now).map((entry) => JSON.stringify(entry))];
}

function entriesOf(history: History, now: number): Entry[] {
  const { schedule, accountedUntil, runs, missed, held } = history;
  const notRun = missed.filter(({ to }) => to >= now - missedShownMs);
  const since = Math.min(accountedUntil ?? Number.NEGATIVE_INFINITY, now);
  const needed = runs.filter(
    ({ startedAt, endedAt }, index) =>
      index >= runs.length - keptRuns || endedAt === null || startedAt > since || endedAt > since,
  );
  return [
    ...(schedule ? [{ type: 'schedule-set', v: 1, at: now, ...schedule } as const] : []),
    ...needed.flatMap(({ runId, slot, trigger, by, repositoryId, startedAt, endedAt, outcome, recovered }): Entry[] => [
      { type: 'began', v: 1, at: startedAt, runId, slot, trigger, by, repositoryId },
      ...(endedAt === null || outcome === null
        ? []
        : [
            {
              type: 'ended',
              v: 1,
              at: endedAt,
              runId,
              outcome,
              ...(recovered ? { recovered: true as const } : {}),
            } as const,
          ]),
    ]),
    ...(accountedUntil !== null || notRun.length > 0
      ? [{ type: 'accounts' as const, v: 1 as const, at: now, until: accountedUntil, notRun }]
      : []),
    ...held.map(({ slot, because, since: at }): Entry => ({ type: 'held-back', v: 1, at, slot, because })),
  ];
}
