import type { RepositoryId } from '../../../shared/domain/ids.ts';
import { isStillpointError } from '../../../shared/errors/index.ts';
import type { Catalog } from './catalog-port.ts';
import { isReadable } from './catalog-sync.ts';
import type { RepositoryAccess } from './repository-access.ts';

export interface FileIndexingOptions {
  readonly catalog: Catalog;
  readonly access: Pick<RepositoryAccess, 'call' | 'list'>;
  /** Called when a repository has nothing left to index. */
  readonly onComplete: () => void;
  readonly report: (what: string, error: unknown) => void;
}

/**
 * Reads the paths of snapshots into the file index, one snapshot at a time, and only while nothing else is under way. A
 * snapshot that was interrupted is begun again; the catalog counts nothing twice.
 */
export class FileIndexing {
  readonly #options: FileIndexingOptions;
  #isPaused = false;
  #isWanted = false;
  #isStopped = false;
  #running: Promise<void> | undefined;
  #abort = new AbortController();

  constructor(options: FileIndexingOptions) {
    this.#options = options;
  }

  /** There may be something to index. */
  kick(): void {
    this.#isWanted = true;
    if (this.#isPaused || this.#running) return;
    this.#running = this.#work().finally(() => {
      this.#running = undefined;
      if (this.#isWanted && !this.#isPaused) this.kick();
    });
  }

  /** Stops within the snapshot at hand. */
  pause(): void {
    this.#isPaused = true;
    this.#abort.abort();
  }

  resume(): void {
    if (this.#isStopped) return;
    this.#isPaused = false;
    this.#abort = new AbortController();
    this.kick();
  }

  /** For good: the app is closing. */
  stop(): void {
    this.#isStopped = true;
    this.pause();
  }

  /** Resolves when it has nothing to do, or is paused. */
  async settled(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #work(): Promise<void> {
    this.#isWanted = false;
    const { signal } = this.#abort;
    try {
      for (const repository of (await this.#options.access.list()).filter(isReadable)) {
        await this.#repository(repository.id, signal);
      }
    } catch (error) {
      if (signal.aborted) this.#isWanted = true;
      else if (!isStillpointError(error, 'helper-crashed')) this.#options.report('file index', error);
    }
  }

  async #repository(repositoryId: RepositoryId, signal: AbortSignal): Promise<void> {
    const { catalog, access } = this.#options;
    let didSomething = false;
    for (;;) {
      signal.throwIfAborted();
      const snapshotId = await catalog.nextToIndex(repositoryId);
      if (snapshotId === null) break;
      const key = { repositoryId, snapshotId };
      let lost: { readonly reason: unknown } | undefined;
      await access.call('snapshots.paths', key, {
        signal,
        onEvent: async ({ entries }) => {
          // The helper goes on whatever its listener meets; what the catalog did not take must not count as indexed.
          await catalog.addPaths(key, entries).catch((reason: unknown) => {
            lost = { reason };
          });
        },
      });
      signal.throwIfAborted();
      if (lost) throw lost.reason;
      await catalog.finishPaths(key);
      didSomething = true;
    }
    if (didSomething) this.#options.onComplete();
  }
}
