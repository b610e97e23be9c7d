import type { RunId, SourceId } from '../../../shared/domain/ids.ts';
import type { RunResult, RunTrigger } from '../../../shared/domain/run.ts';
import type { Source } from '../../../shared/domain/source.ts';
import { isStillpointError } from '../../../shared/errors/index.ts';
import type { Scheduler } from '../../schedule/index.ts';
import type { Clock } from './ports.ts';
import type { RepositoryAccess } from './repository-access.ts';
import type { HeldRun, RunRequest, RunService } from './run-service.ts';

type Access = Pick<RepositoryAccess, 'call' | 'requireReady'>;

/** A backup of one source. A repository or password that is missing makes it wait; nothing is tried then. */
export function backupJob(access: Access, source: Source, trigger: RunTrigger): RunRequest {
  const { repositoryId } = source.policy;
  return {
    kind: 'backup',
    title: `Back up ${source.name}`,
    sourceId: source.id,
    repositoryId,
    trigger,
    keys: [`source:${source.id}`, `repository:${repositoryId}`],
    perform: async ({ runId, askedAt, signal, onEvent }) => {
      const begin = async (): Promise<RunResult> => {
        await access.requireReady(repositoryId);
        const job = { sourceId: source.id, runId, askedAt, trigger };
        return access.call('backup.run', job, { signal, onEvent, mayAsk: trigger === 'person' });
      };
      try {
        return await begin();
      } catch (error) {
        // Another helper may have come in place of the one that was ready. It knows no password yet, and has begun nothing.
        if (!isStillpointError(error, 'password-needed')) throw error;
        return begin();
      }
    },
  };
}

/** How often it is looked whether another program has finished with a source. */
const busyRetryMs = 2_000;

/** So long the schedule waits for whoever added a source to ask for its first backup. */
const expectedMs = 5 * 60_000;

/** Backups that a person asks for: one at a time for a source, whoever runs the schedule. */
export class AskedBackups {
  readonly #runs: Pick<RunService, 'active' | 'start'>;
  readonly #access: Access;
  readonly #scheduler: Pick<Scheduler, 'poke' | 'runAsked'>;
  readonly #now: Clock;
  /** Sources that were just added, with when. */
  readonly #expected = new Map<SourceId, number>();

  constructor(
    runs: Pick<RunService, 'active' | 'start'>,
    access: Access,
    scheduler: Pick<Scheduler, 'poke' | 'runAsked'>,
    now: Clock,
  ) {
    this.#runs = runs;
    this.#access = access;
    this.#scheduler = scheduler;
    this.#now = now;
  }

  /** Somebody adds a source, and its first backup is about to be asked for. */
  expect(id: SourceId): void {
    this.#expected.set(id, this.#now());
  }

  /** Whether the schedule leaves the first backup of this source to whoever added it. */
  isExpected(id: SourceId): boolean {
    const since = this.#expected.get(id);
    return since !== undefined && this.#now() - since < expectedMs;
  }

  /** Two clicks are one backup, and so is a click while a scheduled one is under way. */
  start(source: Source): RunId {
    const running = this.#runs.active.find((run) => run.kind === 'backup' && run.sourceId === source.id);
    if (running) return running.runId;
    return this.#runs.start({
      ...backupJob(this.#access, source, 'person'),
      hold: (run, work) =>
        this.#hold(source, run, work).finally(() => {
          if (this.#expected.delete(source.id)) this.#scheduler.poke('run-ended');
        }),
    });
  }

  async #hold(
    source: Source,
    { runId, signal, say }: HeldRun,
    work: (askedAt: number) => Promise<RunResult>,
  ): Promise<RunResult> {
    for (;;) {
      signal.throwIfAborted();
      let hasBegun = false;
      const begin = (askedAt: number): Promise<RunResult> => {
        hasBegun = true;
        return work(askedAt);
      };
      try {
        return await this.#scheduler.runAsked(source, runId, begin);
      } catch (error) {
        if (hasBegun || !isStillpointError(error, 'busy')) throw error;
        say(error.message);
        await pause(busyRetryMs, signal);
      }
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      signal.removeEventListener('abort', stopped);
      resolve();
    }
    function stopped(): void {
      clearTimeout(timer);
      reject(signal.reason);
    }
    signal.addEventListener('abort', stopped, { once: true });
  });
}
