import type { IpcResult } from '../../../shared/ipc/contract.ts';
import type { SourceView } from '../../../shared/ipc/sources.ts';
import type { Lane } from '../../../shared/ipc/timeline.ts';

type Repository = IpcResult<'repositories.list'>[number];

/** What the one line above the timeline says. */
export interface Summary {
  readonly total: number;
  readonly safe: number;
  /** The worst first. */
  readonly troubled: readonly SourceView[];
  /** What ails the worst of them was only cut short. */
  readonly interrupted: boolean;
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
  const planned = sources.flatMap(({ nextRunAt }) => (nextRunAt !== null && nextRunAt > now ? [nextRunAt] : []));
  const troubled = sources
    .filter(({ health }) => worst.includes(health))
    .sort((a, b) => worst.indexOf(a.health) - worst.indexOf(b.health));
  return {
    total: sources.length,
    safe: sources.filter(isSafe).length,
    troubled,
    interrupted: isInterrupted(troubled[0], lanes),
    next: planned.length === 0 ? null : Math.min(...planned),
    // One line holds one repository: the one in trouble, else the one most sources use.
    repository: repositories.find(({ state }) => state !== 'ready') ?? mostUsed(sources, repositories),
  };
}

/** A source being backed up is as safe as its last good snapshot left it. */
function isSafe({ health, lastGood }: SourceView): boolean {
  return health === 'safe' || (health === 'running' && lastGood !== null);
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
