import type { RepositoryId } from '../../../shared/domain/ids.ts';
import type { Measured } from '../../../shared/ipc/repositories.ts';
import type { Broadcast, Clock } from './ports.ts';
import type { RepositoryAccess } from './repository-access.ts';

/** What repositories hold, as it was measured in this start. Measuring reads all folders of all snapshots. */
export class Measurements {
  readonly #access: Pick<RepositoryAccess, 'call' | 'requireReady'>;
  readonly #broadcast: Broadcast;
  readonly #now: Clock;
  readonly #known = new Map<RepositoryId, Measured>();
  readonly #running = new Map<RepositoryId, Promise<Measured>>();

  constructor(access: Pick<RepositoryAccess, 'call' | 'requireReady'>, broadcast: Broadcast, now: Clock) {
    this.#access = access;
    this.#broadcast = broadcast;
    this.#now = now;
  }

  async known(id: RepositoryId): Promise<Measured | null> {
    return this.#known.get(id) ?? null;
  }

  /** Whoever asks while it is measured gets the same answer. */
  measure(id: RepositoryId): Promise<Measured> {
    const running = this.#running.get(id);
    if (running) return running;
    const measuring = this.#measure(id).finally(() => this.#running.delete(id));
    this.#running.set(id, measuring);
    return measuring;
  }

  forget(id: RepositoryId): void {
    this.#known.delete(id);
  }

  async #measure(id: RepositoryId): Promise<Measured> {
    await this.#access.requireReady(id);
    const at = this.#now();
    const statistics = await this.#access.call(
      'repositories.statistics',
      { id },
      { onEvent: (progress) => this.#broadcast({ type: 'measuring', repositoryId: id, ...progress }) },
    );
    const measured = { at, statistics };
    this.#known.set(id, measured);
    return measured;
  }
}
