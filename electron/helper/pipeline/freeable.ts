import { createHash } from 'node:crypto';
import type { SnapshotId } from '../../../shared/domain/ids.ts';
import { safetyDays } from '../../../shared/domain/keep/decide.ts';
import type { Freeable } from '../../../shared/domain/keep/plan.ts';
import type { KeepRules } from '../../../shared/domain/keep/rules.ts';
import { isAtLeast } from '../../../shared/domain/level.ts';
import { decodeSnapshotTags, type SnapshotTags } from '../../../shared/domain/snapshot-tags.ts';
import { isStillpointError } from '../../../shared/errors/index.ts';
import type { HeldLock, Repository, Snapshot } from '../repository/index.ts';
import type { Author } from './backup.ts';
import { whatGoes } from './forget.ts';
import { isOfAuthor, type RuledBy, readableSnapshots, snapshotsOfSource } from './source-snapshots.ts';

type Offer = Freeable['offers'][number];
interface Choice {
  readonly kind: Offer['kind'];
  readonly ids: readonly SnapshotId[];
}

/** What decides about one source of this user in the repository. */
export interface RuledSource extends Omit<RuledBy, 'author' | 'undoIds'> {
  readonly rules: KeepRules;
}

export interface FreeableJob {
  readonly sources: readonly RuledSource[];
  readonly author: Author;
  readonly undoIds: ReadonlySet<string>;
  readonly zone: string;
}

const lockPatienceMs = 30_000;
const msPerDay = 86_400_000;
const msPerYear = 365 * msPerDay;
const maxIds = 10_000;
const ages = [
  { kind: 'older-than-two-years', ms: 2 * msPerYear },
  { kind: 'older-than-one-year', ms: msPerYear },
  { kind: 'older-than-half-a-year', ms: msPerYear / 2 },
] as const;

/**
 * What could be deleted and how much that would give back, cheapest in history first. Offered are snapshots of this user
 * on this machine: never one that is pinned, that a restore can be taken back with or that is younger than safety snapshots
 * are kept, the newest of its source or its newest good one. Ways that come to the same are offered once. Answers are remembered until the repository or the ways change.
 */
export class FreeableOffers {
  #known: { readonly key: string; readonly offers: Offer[] } | null = null;

  async of(repository: Repository, job: FreeableJob, signal: AbortSignal): Promise<Offer[]> {
    const lock = await lockIfRoom(repository, signal);
    try {
      return await this.#look(repository, job, lock === null ? signal : AbortSignal.any([signal, lock.lost]));
    } finally {
      await lock?.release();
    }
  }

  async #look(repository: Repository, job: FreeableJob, signal: AbortSignal): Promise<Offer[]> {
    const choices = await choicesOf(repository, job, signal);
    const key = await keyOf(repository, choices);
    if (this.#known?.key === key) return this.#known.offers;
    const sets = choices.map(({ ids }) => new Set(ids));
    const measured = await repository.measureFreeable(sets, { signal });
    const offers = choices.map(({ kind, ids }, at) => ({
      ...{ kind, snapshotIds: [...ids] },
      bytes: measured[at]?.bytes ?? 0,
    }));
    this.#known = { key, offers };
    return offers;
  }
}

/**
 * A shared lock, so that nobody deletes what is being looked at. Where none can be written (the disk is full, which is
 * when people ask) it goes without: the worst is then an error that a second look does not have.
 */
async function lockIfRoom(repository: Repository, signal: AbortSignal): Promise<HeldLock | null> {
  try {
    return await repository.locks.acquire({ mode: 'shared', signal, waitMs: lockPatienceMs });
  } catch (error) {
    if (isStillpointError(error, 'repository-full') || isStillpointError(error, 'repository-read-only')) return null;
    throw error;
  }
}

async function choicesOf(repository: Repository, job: FreeableJob, signal: AbortSignal): Promise<Choice[]> {
  const now = Date.now();
  const byRules = new Set<SnapshotId>();
  for (const source of job.sources) {
    const ruled = await snapshotsOfSource(repository, { ...job, ...source }, signal);
    for (const id of whatGoes(ruled, { ...source, zone: job.zone }, now)) byRules.add(id);
  }
  const old = removable(await readableSnapshots(repository, signal), job, now);
  const olderThan = (ms: number): SnapshotId[] =>
    old.filter(({ timeNs }) => Number(timeNs / 1_000_000n) < now - ms).map(({ id }) => id);
  const choices: Choice[] = [
    { kind: 'by-rules', ids: [...byRules] },
    ...ages.map(({ kind, ms }) => ({ kind, ids: olderThan(ms) })),
    { kind: 'oldest-half', ids: old.slice(0, Math.floor(old.length / 2)).map(({ id }) => id) },
  ];
  const seen = new Set<string>();
  const worthwhile = choices
    .map(({ kind, ids }) => ({ kind, ids: ids.slice(0, maxIds) }))
    .filter(({ ids }) => {
      const key = [...ids].sort().join();
      const isNew = ids.length > 0 && !seen.has(key);
      seen.add(key);
      return isNew;
    });
  return [{ kind: 'unused', ids: [] }, ...worthwhile];
}

/** Oldest first. */
function removable(snapshots: readonly Snapshot[], { author, undoIds, sources }: FreeableJob, now: number): Snapshot[] {
  const levels = new Map(sources.map(({ sourceId, requiredLevel }) => [sourceId, requiredLevel]));
  const seen = new Set<string>();
  /** Whether it is the newest of its source, its newest good one or its newest whole one. */
  const isLast = ({ sourceId, safety, level }: SnapshotTags, time: number): boolean => {
    // A helper with other rights, which has restores of its own, may need a safety snapshot that is not too old.
    if (safety) return now - time < safetyDays * msPerDay;
    // A clock was wrong: it is the newest of nothing.
    if (time > now) return true;
    const required = sourceId === null ? undefined : levels.get(sourceId);
    const lanes = [
      'newest',
      ...(level !== null && required !== undefined && isAtLeast(level, required) ? ['good'] : []),
      ...(level !== null && level !== 'torn' ? ['whole'] : []),
    ].map((lane) => `${lane} ${sourceId}`);
    const isFirst = lanes.some((lane) => !seen.has(lane));
    for (const lane of lanes) seen.add(lane);
    return isFirst;
  };
  return snapshots
    .toReversed()
    .filter((snapshot) => {
      const tags = decodeSnapshotTags(snapshot.tags);
      const stays = isLast(tags, Number(snapshot.timeNs / 1_000_000n));
      return !stays && tags.runId !== null && !tags.pinned && isOfAuthor(snapshot, author) && !undoIds.has(snapshot.id);
    })
    .toReversed();
}

/** Changes whenever a figure could. */
async function keyOf(repository: Repository, choices: readonly Choice[]): Promise<string> {
  const parts: unknown[] = [choices];
  for (const kind of ['snapshot', 'index', 'pack'] as const) {
    const files = await repository.backend.list(kind);
    parts.push(files.map(({ name }) => name).sort());
  }
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
