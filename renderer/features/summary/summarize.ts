import type { IpcResult } from '../../../shared/ipc/contract.ts';
import type { SourceView } from '../../../shared/ipc/sources.ts';
import type { Lane } from '../../../shared/ipc/timeline.ts';

type Repository = IpcResult<'repositories.list'>[number];

/** What the one line above the timeline says. */
export interface Summary {
  readonly total: number;
  readonly safe: number;
  /** The worst first. Who waits and is safe meanwhile is not among them. */
  readonly troubled: readonly SourceView[];
  /** What is waited for, for people, without full stops: by who is safe meanwhile, and by every run to come when all wait. */
  readonly waitsFor: readonly string[];
  /** What ails the worst of them was only cut short. */
  readonly interrupted: boolean;
  /** The next run that waits for nothing but its time; null: there is none. */
  readonly next: number | null;
  readonly repository: Repository | null;
}

const worst: readonly SourceView['health'][] = ['failed', 'late', 'weaker', 'waiting', 'new'];

export function summarize(
  sources: readonly SourceView[],
  lanes: readonly Lane[],
  repositories: readonly Repository[],
  now: number,
): Summary {
  const planned = sources
    .filter((source) => reasonOf(source) === '')
    .flatMap(({ nextRunAt }) => (nextRunAt !== null && nextRunAt > now ? [nextRunAt] : []));
  const troubled = sources
    .filter((source) => worst.includes(source.health) && !isSafe(source))
    .sort((a, b) => worst.indexOf(a.health) - worst.indexOf(b.health));
  const waiting = sources.filter((source) => source.safeMeanwhile === true || planned.length === 0).map(reasonOf);
  const told = troubled[0] === undefined ? '' : reasonOf(troubled[0]);
  return {
    total: sources.length,
    safe: sources.filter(isSafe).length,
    troubled,
    waitsFor: [...new Set(waiting)].filter((reason) => reason !== '' && reason !== told),
    interrupted: isInterrupted(troubled[0], lanes),
    next: planned.length === 0 ? null : Math.min(...planned),
    // One line holds one repository: the one in trouble, else the one most sources use.
    repository: repositories.find(({ state }) => state !== 'ready') ?? mostUsed(sources, repositories),
  };
}

/** A source that is being backed up, or waits and is not late, is as safe as its last good snapshot left it. */
function isSafe({ health, lastGood, safeMeanwhile }: SourceView): boolean {
  return health === 'safe' || (health === 'running' && lastGood !== null) || safeMeanwhile === true;
}

/** Why its next run does not begin at its time; empty when nothing is in the way. */
function reasonOf({ health, healthText, heldBack }: SourceView): string {
  return (health === 'waiting' ? healthText : heldBack).replace(/\.$/, '');
}

function isInterrupted(source: SourceView | undefined, lanes: readonly Lane[]): boolean {
  if (source?.health !== 'failed') return false;
  return lanes.find(({ sourceId }) => sourceId === source.id)?.failures.at(-1)?.outcome === 'interrupted';
}

function mostUsed(sources: readonly SourceView[], repositories: readonly Repository[]): Repository | null {
  const uses = (repository: Repository): number =>
    sources.filter(({ policy }) => policy.repositoryId === repository.id).length;
  return [...repositories].sort((a, b) => uses(b) - uses(a))[0] ?? null;
}
