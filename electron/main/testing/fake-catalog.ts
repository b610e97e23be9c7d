import type { Evidence } from '../../../shared/domain/evidence.ts';
import type { RunId } from '../../../shared/domain/ids.ts';
import type { UndoableRestore } from '../../../shared/domain/restore.ts';
import type { SnapshotSummary } from '../../../shared/domain/snapshot.ts';
import type { RunView } from '../../../shared/ipc/runs.ts';
import type { SnapshotMark } from '../../../shared/ipc/timeline.ts';
import type { Catalog, PathEntry, SnapshotKey } from '../jobs/catalog-port.ts';

/** The catalog's interface over maps: enough to test who fills and asks it. How it answers is tested where it lives. */
export class FakeCatalog implements Catalog {
  readonly runs = new Map<RunId, RunView>();
  readonly snapshots = new Map<string, SnapshotSummary>();
  readonly evidence = new Map<string, Evidence | null>();
  readonly paths = new Map<string, PathEntry[]>();
  readonly indexed = new Set<string>();
  restores: UndoableRestore[] = [];
  /** Everything rejects with this while it is set. */
  broken: Error | undefined;

  async knownRuns() {
    this.#require();
    return [...this.runs.keys()];
  }

  async putRuns(runs: readonly RunView[]) {
    this.#require();
    for (const run of runs) this.runs.set(run.runId, run);
  }

  async listRuns(limit: number) {
    this.#require();
    return [...this.runs.values()].toSorted((a, b) => b.startedAt.localeCompare(a.startedAt)).slice(0, limit);
  }

  async getRun(runId: RunId) {
    this.#require();
    return this.runs.get(runId) ?? null;
  }

  async latestBackups(notAfter: string) {
    this.#require();
    const finished = (await this.listRuns(Number.POSITIVE_INFINITY)).filter(
      (run) => run.kind === 'backup' && Date.parse(run.startedAt) <= Date.parse(notAfter),
    );
    return finished.filter((run, at) => finished.findIndex(({ sourceId }) => sourceId === run.sourceId) === at);
  }

  async failedForgets(notAfter: string) {
    const runs = (await this.listRuns(Number.POSITIVE_INFINITY)).filter(
      ({ kind, snapshotId, startedAt }) =>
        kind === 'backup' && snapshotId !== null && Date.parse(startedAt) <= Date.parse(notAfter),
    );
    return [...Map.groupBy(runs, ({ sourceId }) => sourceId)].flatMap(([sourceId, own]) => {
      const texts = own.map(({ warnings }) => warnings.find(({ code }) => code === 'forget')?.text);
      const good = texts.indexOf(undefined);
      const [text] = texts;
      if (sourceId === null || text === undefined) return [];
      return [{ sourceId, backups: good === -1 ? texts.length : good, text }];
    });
  }

  async syncSnapshots(repositoryId: SnapshotKey['repositoryId'], listed: readonly SnapshotSummary[]) {
    this.#require();
    const before = [...this.snapshots.values()].filter((snapshot) => snapshot.repositoryId === repositoryId);
    const gone = before.filter(({ id }) => !listed.some((snapshot) => snapshot.id === id));
    const added = listed.filter(({ id }) => !this.snapshots.has(id));
    for (const { id } of gone) this.snapshots.delete(id);
    for (const snapshot of listed) this.snapshots.set(snapshot.id, snapshot);
    return { added: added.length, removed: gone.length };
  }

  async replaceSnapshot(old: SnapshotKey, snapshot: SnapshotSummary) {
    this.snapshots.delete(old.snapshotId);
    this.snapshots.set(snapshot.id, snapshot);
    return this.#mark(snapshot);
  }

  async removeSnapshot({ snapshotId }: SnapshotKey) {
    this.snapshots.delete(snapshotId);
  }

  async keepRepositories(ids: readonly string[]) {
    for (const { id, repositoryId } of this.snapshots.values()) {
      if (!ids.includes(repositoryId)) this.snapshots.delete(id);
    }
  }

  async snapshotCounts() {
    this.#require();
    const groups = Map.groupBy(this.snapshots.values(), ({ repositoryId }) => repositoryId);
    return [...groups].map(([repositoryId, { length }]) => ({ repositoryId, snapshots: length }));
  }

  async getSnapshot({ snapshotId }: SnapshotKey) {
    this.#require();
    const summary = this.snapshots.get(snapshotId);
    if (!summary) return null;
    const evidence = this.evidence.get(snapshotId);
    return { mark: this.#mark(summary), summary, evidence: evidence ?? null, evidenceKnown: evidence !== undefined };
  }

  async withoutEvidence(repositoryId: SnapshotKey['repositoryId'], limit: number) {
    return [...this.snapshots.values()]
      .filter((snapshot) => snapshot.repositoryId === repositoryId && !this.evidence.has(snapshot.id))
      .map(({ id }) => id)
      .slice(0, limit);
  }

  async putEvidence({ snapshotId }: SnapshotKey, evidence: Evidence | null) {
    this.evidence.set(snapshotId, evidence);
  }

  async drawn() {
    this.#require();
    const snapshots = [...this.snapshots.values()].toSorted((a, b) => a.time.localeCompare(b.time));
    return {
      snapshots: snapshots.map((summary) => ({
        mark: this.#mark(summary),
        sourceId: summary.sourceId,
        sourceName: summary.sourceName,
        hostname: summary.hostname,
        paths: summary.paths,
        filesystem: this.evidence.get(summary.id)?.machine.filesystem ?? '',
        staticBand: null,
      })),
      failures: [...this.runs.values()].flatMap(({ kind, snapshotId, runId, sourceId, startedAt, outcome, summary }) =>
        kind === 'backup' && snapshotId === null && outcome !== null && outcome !== 'done' && outcome !== 'warnings'
          ? [{ runId, sourceId, at: Date.parse(startedAt), outcome, text: summary }]
          : [],
      ),
      damages: [],
    };
  }

  async nextToIndex(repositoryId: SnapshotKey['repositoryId']) {
    this.#require();
    const open = [...this.snapshots.values()].filter(({ id }) => !this.indexed.has(id));
    return open.find((snapshot) => snapshot.repositoryId === repositoryId)?.id ?? null;
  }

  async addPaths({ snapshotId }: SnapshotKey, entries: readonly PathEntry[]) {
    this.#require();
    this.paths.set(snapshotId, [...(this.paths.get(snapshotId) ?? []), ...entries]);
  }

  async finishPaths({ snapshotId }: SnapshotKey) {
    this.indexed.add(snapshotId);
  }

  async searchFiles() {
    return { hits: [], complete: this.indexed.size === this.snapshots.size };
  }

  async fileVersions() {
    return [];
  }

  async putRestores(restores: readonly UndoableRestore[]) {
    this.restores = [...restores];
  }

  async listRestores() {
    return this.restores;
  }

  async clear() {
    for (const kept of [this.runs, this.snapshots, this.evidence, this.paths, this.indexed]) kept.clear();
  }

  #mark(summary: SnapshotSummary): SnapshotMark {
    const { id, repositoryId, runId, level, method, stallMs, kind, pinned, files, bytes, newBytes } = summary;
    const ms = (at: string | null): number | null => (at === null ? null : Date.parse(at));
    const times = { time: Date.parse(summary.time), askedAt: ms(summary.askedAt), frozenAt: null, thawedAt: null };
    return {
      id,
      repositoryId,
      runId,
      ...times,
      level,
      method,
      stallMs,
      kind,
      pinned,
      verified: false,
      files,
      bytes,
      newBytes,
    };
  }

  #require(): void {
    if (this.broken) throw this.broken;
  }
}
