import type { RunId } from '../../../shared/domain/ids.ts';
import type { RunResult } from '../../../shared/domain/run.ts';
import type { Source } from '../../../shared/domain/source.ts';
import { keepJob } from './keep-job.ts';
import type { RepositoryAccess } from './repository-access.ts';
import type { RunService } from './run-service.ts';

export interface AfterBackupOptions {
  readonly access: Pick<RepositoryAccess, 'call' | 'requireReady'>;
  readonly runs: Pick<RunService, 'active' | 'cancel' | 'run'>;
  /** Resolves when what ended runs entail in the catalog is done. */
  readonly settled: () => Promise<void>;
  /** The repository of the source is not needed any more for this backup. */
  readonly done: (source: Source, result: RunResult) => Promise<void>;
}

/** What belongs to a backup that made its snapshot: keep rules, and whatever waits until its repository rests. */
export class AfterBackup {
  readonly #options: AfterBackupOptions;

  constructor(options: AfterBackupOptions) {
    this.#options = options;
  }

  async scheduled(source: Source, result: RunResult, signal: AbortSignal): Promise<void> {
    try {
      await this.#keep(source, result, signal);
    } finally {
      await this.#options.settled();
      await this.#options.done(source, result);
    }
  }

  asked(source: Source, result: RunResult): Promise<void> {
    return this.#keep(source, result, new AbortController().signal);
  }

  async #keep(source: Source, result: RunResult, signal: AbortSignal): Promise<void> {
    const job = await keepJob(this.#options.access, source, result);
    if (!job || signal.aborted) return;
    const { runId, ended } = this.#options.runs.run(job);
    await whileWanted(this.#options.runs, runId, ended, signal);
  }
}

/** Cancels a run when whoever began it wants it no longer, and waits for its end all the same. */
export async function whileWanted<T>(
  runs: Pick<RunService, 'active' | 'cancel'>,
  runId: RunId,
  ended: Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const stop = (): void => {
    if (runs.active.some((run) => run.runId === runId)) runs.cancel(runId);
  };
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  return ended.finally(() => signal.removeEventListener('abort', stop));
}
