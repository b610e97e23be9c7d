import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeSnapshotTags } from '../../../shared/domain/snapshot-tags.ts';
import type { Place } from '../../harness/place.ts';
import { restic } from '../../headless/restic.ts';

type Line = Readonly<Record<string, unknown>>;

export interface History {
  /** What does not fit together; empty when all is well. */
  readonly problems: readonly string[];
  /** Outcomes by run, as the journals have them. */
  readonly outcomes: ReadonlyMap<string, string>;
  readonly published: ReadonlySet<string>;
}

/**
 * Whether journals, run logs and the repository tell the same: each run has one end in its journal, the same in its log, and
 * is told as made exactly when the stock restic lists its snapshot.
 */
export async function judgeHistory(place: Place): Promise<History> {
  const state = join(place.environment.XDG_STATE_HOME ?? '', 'stillpoint');
  const problems: string[] = [];
  const listed = await restic(place, 'snapshots', '--json', '--no-lock');
  if (listed.code !== 0) throw new Error(listed.text);
  const snapshots = JSON.parse(listed.text.split('\n')[0] ?? '') as readonly { tags?: readonly string[] }[];
  const published = new Set(snapshots.map(({ tags = [] }) => String(decodeSnapshotTags(tags).runId)));
  const outcomes = new Map<string, string>();
  const began = new Set<string>();
  for (const line of filesIn(join(state, 'schedule')).flatMap(linesOf)) {
    const runId = String(line.runId);
    if (line.type === 'began') began.add(runId);
    if (line.type !== 'ended') continue;
    if (outcomes.has(runId)) problems.push(`${runId} ended twice`);
    outcomes.set(runId, String(line.outcome));
  }
  for (const runId of began) {
    const outcome = outcomes.get(runId);
    const log = linesOf(join(state, 'runs', `${runId}.jsonl`));
    const told = (log.findLast(({ type }) => type === 'run-finished')?.result as Line | undefined)?.outcome;
    const isMade = outcome === 'done' || outcome === 'warnings';
    if (outcome === undefined) problems.push(`${runId} has no end`);
    if (log[0]?.type !== 'run-started') problems.push(`${runId} has a log without a beginning`);
    if (told !== outcome) problems.push(`${runId} is ${outcome} in its journal and ${String(told)} in its log`);
    if (isMade !== published.has(runId))
      problems.push(`${runId} is ${outcome}, and its snapshot ${isMade ? 'is not there' : 'is'}`);
  }
  for (const runId of published) if (!began.has(runId)) problems.push(`${runId} is in no journal`);
  return { problems, outcomes, published };
}

function filesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => join(folder, name));
}

/** What was cut off is left out. */
function linesOf(path: string): Line[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as Line];
      } catch {
        return [];
      }
    });
}
