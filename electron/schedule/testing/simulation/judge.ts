import type { RunId } from '../../../../shared/domain/ids.ts';
import type { RunOutcome } from '../../../../shared/domain/run.ts';
import { slotsBetween } from '../../../../shared/domain/schedule/slots.ts';
import type { Source } from '../../../../shared/domain/source.ts';
import { type Entry, parseLine } from '../../journal/entries.ts';
import { History } from '../../journal/fold.ts';
import type { Published, SimulatedWorld } from './world.ts';

export interface Findings {
  /** What must not be; empty when all is well. At most some of each kind. */
  readonly problems: readonly string[];
  readonly slots: number;
  readonly served: number;
  readonly missed: number;
  readonly runs: number;
  readonly recovered: number;
  readonly interrupted: number;
  readonly cuts: number;
}

/** Measures every journal by what the repositories really hold. */
/** `until`: what came later nobody has looked at. `open`: slots that are still owed. */
export function judge(world: SimulatedWorld, until: number, open: readonly number[], cuts: number): Findings {
  const problems = [...world.offences];
  const count = { slots: 0, served: 0, missed: 0, runs: 0, recovered: 0, interrupted: 0 };
  for (const source of world.sources) {
    const journal = world.journals.get(source.id);
    if (!journal) continue;
    const entries = journal.ever.flatMap(entryOf);
    const history = foldOf(entries);
    const published = world.published.filter(({ sourceId }) => sourceId === source.id);
    problems.push(...falseEnds(source, entries, published, world));
    problems.push(...doubles(source, published));
    problems.push(...lostByCompaction(source, history, foldOf(journal.text.split('\n').flatMap(entryOf)), world.now));
    problems.push(...tooLongWithout(source, history));
    for (const run of history.runs) {
      count.runs++;
      if (run.recovered) count.recovered++;
      if (run.outcome === 'interrupted') count.interrupted++;
    }
    const { schedule } = source.policy;
    if (schedule.kind !== 'hourly' && schedule.kind !== 'daily') continue;
    const since = history.schedule?.since ?? world.now;
    const slots = slotsBetween(schedule, since, until, world.zone);
    const askedAt = published.map((snapshot) => snapshot.askedAt);
    const missedBefore = count.missed;
    for (const [index, slot] of slots.entries()) {
      const next = slots[index + 1] ?? Number.POSITIVE_INFINITY;
      const isServed =
        askedAt.some((at) => at >= slot && at < next) || published.some((snapshot) => snapshot.slot === slot);
      const entriesOf = history.missed.filter(({ from, to }) => from <= slot && slot <= to).length;
      count.slots++;
      if (isServed) count.served++;
      else count.missed++;
      if (entriesOf + (isServed ? 1 : 0) !== 1 && !(open.includes(slot) && entriesOf === 0)) {
        problems.push(`${source.name}: ${new Date(slot).toISOString()} served ${isServed}, in ${entriesOf} entries`);
      }
    }
    const told = history.missed.reduce((sum, { slots: each }) => sum + each, 0);
    // The very beginning is owed a run too, though no clock names it.
    if (told > count.missed - missedBefore + 1) problems.push(`${source.name}: more was told than was missed`);
  }
  return { problems: problems.slice(0, 40), ...count, cuts };
}

function entryOf(line: string): Entry[] {
  const entry = parseLine(line);
  return entry === undefined || entry === 'unknown' ? [] : [entry];
}

function foldOf(entries: readonly Entry[]): History {
  const history = new History();
  for (const entry of entries) history.add(entry);
  return history;
}

const made: readonly RunOutcome[] = ['done', 'warnings'];

/** Done without a snapshot, interrupted with one, an end twice, none at all, or another than the log tells. */
function falseEnds(
  source: Source,
  entries: readonly Entry[],
  published: readonly Published[],
  world: SimulatedWorld,
): string[] {
  const has = new Set(published.map(({ runId }) => runId));
  const ends = new Map<RunId, RunOutcome>();
  const problems: string[] = [];
  for (const entry of entries) {
    if (entry.type !== 'ended') continue;
    const { runId, outcome } = entry;
    if (ends.has(runId)) problems.push(`${source.name}: ${runId} ended twice`);
    ends.set(runId, outcome);
    if (made.includes(outcome) !== has.has(runId)) problems.push(`${source.name}: ${runId} is told as ${outcome}`);
    const told = world.logs.get(runId)?.findLast((event) => event.type === 'run-finished')?.result.outcome;
    if (told !== outcome) problems.push(`${source.name}: ${runId} is ${outcome}, and ${told} in its log`);
  }
  for (const entry of entries) {
    if (entry.type === 'began' && !ends.has(entry.runId)) problems.push(`${source.name}: ${entry.runId} has no end`);
  }
  for (const { runId } of published) if (!ends.has(runId)) problems.push(`${source.name}: ${runId} is in no history`);
  return problems;
}

function doubles(source: Source, published: readonly Published[]): string[] {
  const slots = published.flatMap(({ slot }) => (slot === null ? [] : [slot]));
  return slots.filter((slot, index) => slots.indexOf(slot) !== index).map((slot) => `${source.name}: ${slot} twice`);
}

function lostByCompaction(source: Source, ever: History, kept: History, now: number): string[] {
  const shown = (history: History): string =>
    JSON.stringify(
      history.missed
        .filter(({ to }) => to >= now - 730 * 86_400_000)
        .map(({ from, to, slots, because }) => [from, to, slots, because]),
    );
  if (shown(ever) !== shown(kept)) return [`${source.name}: its smaller journal tells of other missed slots`];
  if (ever.accountedUntil !== kept.accountedUntil) return [`${source.name}: accounted for otherwise when smaller`];
  return [];
}

/** Schedules that follow what happens have no slots to count: but there is no gap that nobody tells of. */
function tooLongWithout(source: Source, history: History): string[] {
  const { schedule } = source.policy;
  if (schedule.kind !== 'quiet' && schedule.kind !== 'changes') return [];
  // What is owed after one period may be made up for until the next one is over.
  const longest = (2 * schedule.atLeastEveryHours + 1) * 3_600_000;
  const signs = [
    ...history.runs.map(({ startedAt }) => startedAt),
    ...history.missed.flatMap(({ from, to }) => [from, to]),
  ].sort((a, b) => a - b);
  return signs.flatMap((at, index) => {
    const before = signs[index - 1];
    const isTold = history.missed.some(({ from, to }) => before !== undefined && from <= before && to >= at);
    return before === undefined || at - before <= longest || isTold
      ? []
      : [`${source.name}: nothing told from ${before} to ${at}`];
  });
}
