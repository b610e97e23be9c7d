import { pathClass } from '../../../shared/domain/excludes/path-class.ts';
import { type ConsistencyLevel, isAtLeast } from '../../../shared/domain/level.ts';
import { levelWords } from '../../../shared/domain/level-words.ts';
import type { RepositoryStatus } from '../../../shared/domain/repository.ts';
import type { Blocker } from '../../../shared/domain/schedule/facts.ts';
import type { Source } from '../../../shared/domain/source.ts';
import type { RunView } from '../../../shared/ipc/runs.ts';
import type { Health } from '../../../shared/ipc/sources.ts';
import type { SnapshotMark } from '../../../shared/ipc/timeline.ts';
import type { FoundDamage } from './catalog-port.ts';
import type { SourcePlan } from './source-plan.ts';
import { ago } from './words.ts';

export interface HealthFacts {
  readonly source: Source;
  /** Undefined: it is not registered any more. Null: its state could not be found out. */
  readonly repository: RepositoryStatus | undefined | null;
  /** The newest backup of the source in its repository, whoever asked for it. */
  readonly last: SnapshotMark | null;
  /** The newest that met the policy. */
  readonly lastGood: SnapshotMark | null;
  /** It has backups, and the clock was wrong when each was made. */
  readonly hasOnlyFuture: boolean;
  /** The level that most of the backups before the newest had; null while there are too few. */
  readonly usual: ConsistencyLevel | null;
  /** Found in the repository that holds the newest backup. */
  readonly damage: FoundDamage | null;
  /** The newest backup that ended, with or without a snapshot. */
  readonly lastRun: RunView | null;
  readonly isRunning: boolean;
  /** Since when the last good backup is too old; null: it is not. */
  readonly lateSince: number | null;
  /** Why a run that is owed does not begin; empty when none is. */
  readonly heldBack: string;
  /** Scheduled runs may hold filesystems still. */
  readonly scheduledStillPoints: boolean;
  readonly now: number;
}

export interface SourceHealth {
  readonly health: Health;
  /** Why, in a few words for people; empty when safe. That it is late, fails or is weaker is for its mark to say. */
  readonly healthText: string;
}

/** One mark for a source: what is going on, else what is missing, else how the last attempt ended, else how good it is. */
export function sourceHealth(facts: HealthFacts): SourceHealth {
  if (facts.isRunning) return { health: 'running', healthText: 'Backing up' };
  const waiting = missing(facts);
  // Who waits for too long is late.
  if (waiting?.health === 'waiting' && facts.lateSince !== null) return late(facts, waiting.healthText);
  return waiting ?? damaged(facts) ?? failed(facts) ?? judge(facts);
}

/** Whether a snapshot is what the policy asks for. A snapshot without evidence claims nothing. */
export function meetsPolicy(mark: SnapshotMark, required: ConsistencyLevel): boolean {
  return mark.kind === 'backup' && mark.level !== null && isAtLeast(mark.level, required);
}

/** What a repository has to do with it that nothing is backed up, by its name. */
export const repositoryWords = {
  'repository-absent': (name: string) => `Waiting for ${name}`,
  'repository-other': (name: string) => `Another repository is in the place of ${name}`,
  'repository-locked': (name: string) => `Waiting for the password of ${name}`,
  'repository-read-only': (name: string) => `${name} cannot be written`,
} satisfies Partial<Record<Blocker, (name: string) => string>>;

/** What the schedule waits for. It knows no names; a person knows nothing else. */
export function heldBackWords(
  { heldBack, heldBackBy }: Pick<SourcePlan, 'heldBack' | 'heldBackBy'>,
  repository: RepositoryStatus | undefined | null,
): string {
  if (!repository || heldBackBy === null || !(heldBackBy in repositoryWords)) return heldBack;
  return repositoryWords[heldBackBy as keyof typeof repositoryWords](repository.name);
}

function late({ lastGood, now }: HealthFacts, because: string): SourceHealth {
  const since = lastGood === null ? 'No good backup yet' : `Last good backup ${ago(lastGood.time, now)}`;
  return { health: 'late', healthText: `${since}${because === '' ? '' : `. ${because}`}` };
}

function missing({ repository, lastRun }: HealthFacts): SourceHealth | undefined {
  const waiting = (healthText: string): SourceHealth => ({ health: 'waiting', healthText });
  if (repository === undefined) return { health: 'failed', healthText: 'Its repository is not set up here' };
  switch (repository?.state) {
    case 'waiting':
      return waiting(repositoryWords['repository-absent'](repository.name));
    case 'other':
      return waiting(repositoryWords['repository-other'](repository.name));
    case 'password-needed':
      return waiting(repositoryWords['repository-locked'](repository.name));
    case 'read-only':
      return { health: 'failed', healthText: repositoryWords['repository-read-only'](repository.name) };
    case 'ready':
      return undefined;
    default:
      return lastRun?.outcome === 'waiting' ? waiting(lastRun.summary) : undefined;
  }
}

/**
 * Which snapshots the damage touches is for the check to tell; none counts as whole until all data was read again. What is
 * backed up meanwhile shares what was stored before.
 */
function damaged({ damage }: HealthFacts): SourceHealth | undefined {
  if (!damage) return undefined;
  const on = new Intl.DateTimeFormat('en', { dateStyle: 'medium' }).format(damage.at);
  return {
    health: 'failed',
    healthText: `“${damage.title}” found damage on ${on}. See there what is lost; once it is repaired, check all data again`,
  };
}

function failed({ lastRun, last }: HealthFacts): SourceHealth | undefined {
  if (!lastRun || (lastRun.outcome !== 'failed' && lastRun.outcome !== 'interrupted')) return undefined;
  // A later snapshot, made elsewhere or found on a rebuild, makes the failure history.
  if (last && last.time > Date.parse(lastRun.startedAt)) return undefined;
  return { health: 'failed', healthText: lastRun.error?.message ?? lastRun.summary };
}

function judge(facts: HealthFacts): SourceHealth {
  const { source, last, lastGood, lastRun, usual, lateSince, heldBack } = facts;
  if (!last && lateSince === null) {
    return {
      health: 'new',
      healthText: facts.hasOnlyFuture ? 'Its snapshots are dated in the future' : 'Not backed up yet',
    };
  }
  if (!last) return late(facts, heldBack);
  const required = source.policy.requiredLevel;
  const isGood = lastGood?.id === last.id;
  const shortfall = isGood ? '' : weakerThan(facts, last);
  if (lateSince !== null) return late(facts, heldBack || shortfall);
  if (!isGood) return { health: 'weaker', healthText: shortfall };
  const unread = lastRun?.runId === last.runId ? unreadIn(lastRun) : '';
  if (unread !== '') return { health: 'weaker', healthText: unread };
  if (usual !== null && last.level !== null && !isAtLeast(last.level, usual) && isAtLeast(usual, required)) {
    return {
      health: 'weaker',
      healthText: `${weakerWords[last.level] ?? levelWords[last.level].label}. Usually: ${levelWords[usual].label}`,
    };
  }
  return { health: 'safe', healthText: '' };
}

/** What a scheduled run would have needed to be held still, as a standing word rather than a failure of each run. */
const notAllowedWords = 'Scheduled backups hold nothing still until that is allowed';

/** Whether the newest backup is weak because nobody allowed scheduled runs to hold it still. */
export function lacksConsent({
  last,
  lastRun,
  scheduledStillPoints,
}: Pick<HealthFacts, 'last' | 'lastRun' | 'scheduledStillPoints'>): boolean {
  return (
    !scheduledStillPoints && last?.method === 'live' && lastRun?.runId === last.runId && lastRun.trigger === 'schedule'
  );
}

function weakerThan(facts: HealthFacts, last: SnapshotMark): string {
  const { source, lastRun } = facts;
  const isOwnRun = lastRun !== null && lastRun.runId === last.runId;
  const words =
    last.level === 'torn' && isOwnRun && onlyLogsTorn(lastRun)
      ? 'Only logs and caches changed while copied'
      : last.level === null
        ? 'How still it was is not known'
        : (weakerWords[last.level] ??
          `${levelWords[last.level].label} instead of ${levelWords[source.policy.requiredLevel].label}`);
  return lacksConsent(facts) ? `${words}. ${notAllowedWords}` : words;
}

/** All that changed while it was copied is known, and none of it is a document. */
function onlyLogsTorn({ warnings, warningsTotal }: RunView): boolean {
  const torn = warnings.filter(({ code }) => code === 'torn');
  return (
    torn.length > 0 &&
    warningsTotal === warnings.length &&
    torn.every(({ path }) => path !== undefined && pathClass(path) === 'log-or-cache')
  );
}

/** A level is about the moment of what is in a snapshot. What could not be read is not in it at all. */
function unreadIn({ warnings, warningsTotal }: RunView): string {
  const count = warnings.filter(({ code }) => code === 'unreadable').length;
  if (count === 0) return '';
  if (warningsTotal > warnings.length) return `At least ${count} files or folders could not be read and are not in it`;
  return count === 1
    ? '1 file or folder could not be read and is not in it'
    : `${count} files or folders could not be read and are not in it`;
}

const weakerWords: Readonly<Record<string, string>> = {
  torn: 'Changed while copied',
  'per-file': 'Files are from different moments',
  'observed-static': 'Not held still',
  crash: 'Not flushed before it was held',
  filesystem: 'Held still, but not agreed by the app',
};
