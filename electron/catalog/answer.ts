import { StillpointError, serializeError } from '../../shared/errors/index.ts';
import {
  type CatalogMessage,
  type CatalogMethodName,
  type CatalogParams,
  type CatalogResult,
  catalogContract,
  catalogRequestSchema,
} from './contract.ts';
import { isDamage } from './open-database.ts';
import { clear } from './queries/clear.ts';
import { drawn } from './queries/drawn.ts';
import { putEvidence, withoutEvidence } from './queries/evidence.ts';
import { failedForgets } from './queries/failed-forgets.ts';
import { addPaths, finishPaths, nextToIndex } from './queries/files-index.ts';
import { fileVersions, searchFiles } from './queries/files-search.ts';
import { listRestores, putRestores } from './queries/restores.ts';
import { getRun, knownRuns, latestBackups, listRuns, putRuns } from './queries/runs.ts';
import {
  getSnapshot,
  keepRepositories,
  removeSnapshot,
  replaceSnapshot,
  snapshotCounts,
  syncSnapshots,
} from './queries/snapshots.ts';
import type { Statements } from './queries/statements.ts';

type Methods = {
  readonly [N in CatalogMethodName]: (db: Statements, params: CatalogParams<N>) => CatalogResult<N>;
};

/** Methods that only do something answer with an empty object. */
function doing<P>(act: (db: Statements, params: P) => void): (db: Statements, params: P) => Record<string, never> {
  return (db, params) => {
    act(db, params);
    return {};
  };
}

const methods: Methods = {
  'runs.known': (db) => knownRuns(db) as CatalogResult<'runs.known'>,
  'runs.put': doing((db, { runs }) => putRuns(db, runs)),
  'runs.list': (db, { limit, before }) => listRuns(db, limit, before),
  'runs.get': (db, { runId }) => getRun(db, runId),
  'runs.latestBackups': (db, { notAfter }) => latestBackups(db, notAfter),
  'runs.failedForgets': (db, { notAfter }) => failedForgets(db, notAfter),
  'snapshots.sync': (db, { repositoryId, snapshots }) => syncSnapshots(db, repositoryId, snapshots),
  'snapshots.replace': (db, { by, ...key }) => replaceSnapshot(db, key, by),
  'snapshots.remove': doing(removeSnapshot),
  'snapshots.keepRepositories': doing((db, { ids }) => keepRepositories(db, ids)),
  'snapshots.counts': snapshotCounts,
  'snapshots.get': (db, key) => getSnapshot(db, key),
  'snapshots.drawn': drawn,
  'evidence.missing': (db, { repositoryId, limit }) => withoutEvidence(db, repositoryId, limit),
  'evidence.put': doing((db, { evidence, ...key }) => putEvidence(db, key, evidence)),
  'files.next': (db, { repositoryId }) => nextToIndex(db, repositoryId),
  'files.add': doing((db, { entries, ...key }) => addPaths(db, key, entries)),
  'files.finish': doing(finishPaths),
  'files.search': (db, { text, limit }) => searchFiles(db, text, limit),
  'files.versions': (db, { repositoryId, path }) => fileVersions(db, repositoryId, path),
  'restores.put': doing((db, { restores }) => putRestores(db, restores)),
  'restores.list': listRestores,
  clear: doing(clear),
};

/** Answers requests over one database, each in one transaction. */
export class CatalogAnswers {
  readonly #db: Statements;
  readonly #onDamage: () => void;

  constructor(db: Statements, onDamage: () => void) {
    this.#db = db;
    this.#onDamage = onDamage;
  }

  /** Throws as the query does. */
  call<N extends CatalogMethodName>(name: N, params: CatalogParams<N>): CatalogResult<N> {
    const method = methods[name] as (db: Statements, params: CatalogParams<N>) => CatalogResult<N>;
    return this.#db.database.transaction(() => method(this.#db, params))();
  }

  /** One message in, one message out. Throws nothing, except for a request that has no number to answer to. */
  answer(message: unknown): CatalogMessage {
    const request = catalogRequestSchema.parse(message);
    const { seq, name } = request;
    try {
      const params = catalogContract[name].params.parse(request.params);
      return { type: 'answer', seq, ok: true, value: this.call(name, params as CatalogParams<CatalogMethodName>) };
    } catch (error) {
      if (isDamage(error)) this.#onDamage();
      return { type: 'answer', seq, ok: false, error: serializeError(isDamage(error) ? damaged(error) : error) };
    }
  }
}

function damaged(cause: unknown): StillpointError {
  return new StillpointError({
    kind: 'catalog-damaged',
    message: 'The local index was damaged.',
    guidance: 'It is being rebuilt from the repositories; no snapshot is affected.',
    retryable: true,
    cause,
  });
}
