import type { Catalog } from '../jobs/catalog-port.ts';
import type { CatalogConnection } from './connection.ts';

/** The interface that jobs declare, over the catalog's process. */
export function catalogClient(connection: Pick<CatalogConnection, 'call'>): Catalog {
  const call: CatalogConnection['call'] = (name, params) => connection.call(name, params);
  const done = async (work: Promise<unknown>): Promise<void> => {
    await work;
  };
  return {
    knownRuns: () => call('runs.known', {}),
    putRuns: (runs) => done(call('runs.put', { runs: [...runs] })),
    listRuns: (limit, before) => call('runs.list', { limit, ...(before === undefined ? {} : { before }) }),
    getRun: (runId) => call('runs.get', { runId }),
    latestBackups: (notAfter) => call('runs.latestBackups', { notAfter }),
    failedForgets: (notAfter) => call('runs.failedForgets', { notAfter }),
    syncSnapshots: (repositoryId, snapshots) => call('snapshots.sync', { repositoryId, snapshots: [...snapshots] }),
    replaceSnapshot: (old, by) => call('snapshots.replace', { ...old, by }),
    removeSnapshot: (key) => done(call('snapshots.remove', { ...key })),
    keepRepositories: (ids) => done(call('snapshots.keepRepositories', { ids: [...ids] })),
    snapshotCounts: () => call('snapshots.counts', {}),
    getSnapshot: (key) => call('snapshots.get', { ...key }),
    withoutEvidence: (repositoryId, limit) => call('evidence.missing', { repositoryId, limit }),
    putEvidence: (key, evidence) => done(call('evidence.put', { ...key, evidence })),
    drawn: () => call('snapshots.drawn', {}),
    nextToIndex: (repositoryId) => call('files.next', { repositoryId }),
    addPaths: (key, entries) => done(call('files.add', { ...key, entries: [...entries] })),
    finishPaths: (key) => done(call('files.finish', { ...key })),
    searchFiles: (text, limit) => call('files.search', { text, limit }),
    fileVersions: (repositoryId, path) => call('files.versions', { repositoryId, path }),
    putRestores: (restores) => done(call('restores.put', { restores: [...restores] })),
    listRestores: () => call('restores.list', {}),
    clear: () => done(call('clear', {})),
  };
}
