import type { RepositoryId } from '../../../shared/domain/ids.ts';
import type { RepositoryStatus } from '../../../shared/domain/repository.ts';
import type { SnapshotSummary } from '../../../shared/domain/snapshot.ts';
import { isStillpointError } from '../../../shared/errors/index.ts';
import type { changeTopics } from '../../../shared/ipc/events.ts';
import type { RunView } from '../../../shared/ipc/runs.ts';
import type { RunLogs } from '../../schedule/run-logs/run-logs.ts';
import type { Catalog } from './catalog-port.ts';
import type { HelperCalls } from './ports.ts';
import type { RepositoryAccess } from './repository-access.ts';
import type { RunService } from './run-service.ts';

export type Topics = readonly (typeof changeTopics)[number][];

export interface CatalogSyncOptions {
  readonly catalog: Catalog;
  readonly access: Pick<RepositoryAccess, 'call' | 'list'>;
  readonly runs: Pick<RunService, 'fromLog' | 'settledAnew'>;
  readonly logs: Pick<RunLogs, 'ids'>;
  /** The catalog has changed; windows look again. */
  readonly announce: (topics: Topics) => void;
  /** A repository is being read no more, whatever came of it. */
  readonly onRead: () => void;
  readonly report: (what: string, error: unknown) => void;
}

const pageSize = 1_000;
const evidenceBatch = 50;
const runBatch = 100;

/**
 * Brings the catalog up to what logs and repositories say. The same code fills an empty catalog and follows a change;
 * asking again while it is under way makes it look once more afterwards.
 */
export class CatalogSync {
  readonly #options: CatalogSyncOptions;
  readonly #running = new Map<RepositoryId, Promise<void>>();
  readonly #again = new Set<RepositoryId>();
  #all: Promise<void> | undefined;
  #unsettled: readonly RunView[] = [];
  #reading: Promise<void> = Promise.resolve();

  constructor(options: CatalogSyncOptions) {
    this.#options = options;
  }

  /** Everything. Rejects when the list of repositories or the logs cannot be read; one repository does not stop others. */
  all(): Promise<void> {
    const before = this.#all ?? Promise.resolve();
    // One after the other: what is asked for while it is under way may not have been seen by it any more.
    const work = before.catch(() => undefined).then(() => this.#everything());
    this.#all = work;
    return work;
  }

  /** Runs whose end cannot be found out now, as far as they are known; they are not in the catalog. */
  get unsettled(): readonly RunView[] {
    return this.#unsettled;
  }

  async #everything(): Promise<void> {
    await this.runs();
    const repositories = await this.#options.access.list();
    await this.#options.catalog.keepRepositories(repositories.map(({ id }) => id));
    for (const repository of repositories.filter(isReadable)) {
      await this.repository(repository.id).catch((error) => this.#options.report(`reading ${repository.name}`, error));
    }
    await this.restores().catch((error) => this.#options.report('restores', error));
  }

  /** Runs whose log is here and that the catalog does not know. One after the other: a log gets one end. */
  runs(): Promise<void> {
    const work = this.#reading.catch(() => undefined).then(() => this.#missingRuns());
    this.#reading = work;
    return work;
  }

  async #missingRuns(): Promise<void> {
    const { catalog, logs, runs } = this.#options;
    const known = new Set(await catalog.knownRuns());
    const missing = (await logs.ids()).filter((id) => !known.has(id));
    const unsettled: RunView[] = [];
    for (let at = 0; at < missing.length; at += runBatch) {
      const found = await Promise.all(missing.slice(at, at + runBatch).map((id) => runs.fromLog(id)));
      const logged = found.filter((run) => run !== undefined);
      unsettled.push(...logged.flatMap(({ view, isSettled }) => (isSettled ? [] : [view])));
      await catalog.putRuns(logged.flatMap(({ view, isSettled }) => (isSettled ? [view] : [])));
    }
    this.#unsettled = unsettled;
    if (missing.length > 0) this.#options.announce(['runs', 'timeline', 'sources']);
  }

  /** Repositories that are being read: their newest snapshots may not be in the catalog, or without their evidence. */
  get reading(): readonly RepositoryId[] {
    return [...this.#running.keys()];
  }

  /** One repository: its list, then the evidence that is missing. */
  repository(id: RepositoryId): Promise<void> {
    const running = this.#running.get(id);
    if (running) {
      this.#again.add(id);
      return running;
    }
    const work = this.#repeat(id).finally(() => {
      this.#running.delete(id);
      this.#options.onRead();
    });
    this.#running.set(id, work);
    return work;
  }

  async restores(): Promise<void> {
    await this.#options.catalog.putRestores(await this.#options.access.call('restore.undoable', {}));
    this.#options.announce(['undoable']);
  }

  async #repeat(id: RepositoryId): Promise<void> {
    do {
      this.#again.delete(id);
      await this.#once(id);
    } while (this.#again.has(id));
  }

  async #once(id: RepositoryId): Promise<void> {
    const { catalog, access, announce } = this.#options;
    const listed = await listAll(access, id);
    const { added, removed } = await catalog.syncSnapshots(id, listed);
    // Not waited for: a run is settled in its turn, and whoever has the turn may wait for this list.
    void this.#correctRuns(id, listed).catch((error) => this.#options.report('runs that were interrupted', error));
    let isMore = false;
    try {
      // A snapshot claims nothing before its evidence was read: the newest are shown together with theirs.
      isMore = await this.#someEvidence(id);
    } finally {
      if (added + removed > 0 || isMore) announce(['timeline', 'sources', 'repositories']);
    }
    while (isMore && (await this.#someEvidence(id))) announce(['timeline', 'sources']);
  }

  /** A run that was cut off may have published all the same: that its snapshot is there says so. */
  async #correctRuns(id: RepositoryId, listed: readonly SnapshotSummary[]): Promise<void> {
    const { catalog, runs, announce } = this.#options;
    if (this.#unsettled.some(({ repositoryId }) => repositoryId === id)) await this.runs();
    const made = new Set<string | null>(listed.map(({ runId }) => runId));
    const { failures } = await catalog.drawn();
    for (const { runId, outcome } of failures) {
      if (outcome !== 'interrupted' || !made.has(runId)) continue;
      const run = await runs.settledAnew(runId);
      if (!run) continue;
      await catalog.putRuns([run]);
      announce(['runs', 'timeline', 'sources']);
    }
  }

  /** Reads the evidence of the newest snapshots that lack it. False when there were none. */
  async #someEvidence(id: RepositoryId): Promise<boolean> {
    const { catalog, access } = this.#options;
    const missing = await catalog.withoutEvidence(id, evidenceBatch);
    for (const snapshotId of missing) {
      const evidence = await access
        .call('snapshots.evidence', { repositoryId: id, snapshotId })
        .then((answer) => answer.evidence)
        .catch(noneIfDamaged);
      await catalog.putEvidence({ repositoryId: id, snapshotId }, evidence);
    }
    return missing.length > 0;
  }
}

/** Evidence that cannot be read proves nothing; it must not keep that of other snapshots from being read. */
function noneIfDamaged(error: unknown): null {
  if (isStillpointError(error, 'repository-damaged') || isStillpointError(error, 'protocol')) return null;
  throw error;
}

export function isReadable({ state }: RepositoryStatus): boolean {
  return state === 'ready' || state === 'read-only';
}

/** A snapshot that comes or goes between two pages is put right by the next look. */
export async function listAll(helper: HelperCalls, repositoryId: RepositoryId): Promise<SnapshotSummary[]> {
  const found = new Map<string, SnapshotSummary>();
  for (let offset = 0; ; offset += pageSize) {
    const page = await helper.call('snapshots.list', { repositoryId, offset, limit: pageSize });
    for (const snapshot of page.snapshots) found.set(snapshot.id, snapshot);
    if (page.snapshots.length === 0 || offset + page.snapshots.length >= page.total) return [...found.values()];
  }
}
