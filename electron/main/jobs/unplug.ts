import type { RepositoryId } from '../../../shared/domain/ids.ts';
import type { RepositoryStatus } from '../../../shared/domain/repository.ts';
import type { RunResult } from '../../../shared/domain/run.ts';
import type { Source } from '../../../shared/domain/source.ts';
import { StillpointError } from '../../../shared/errors/index.ts';
import type { FileIndexing } from './file-indexing.ts';
import type { UnplugFact } from './notices/notices-for.ts';
import type { Clock } from './ports.ts';
import type { RepositoryAccess } from './repository-access.ts';
import type { RunService } from './run-service.ts';

export interface UnplugOptions {
  readonly access: Pick<RepositoryAccess, 'call' | 'list'>;
  readonly runs: Pick<RunService, 'active' | 'exclusively'>;
  readonly indexing: Pick<FileIndexing, 'pause' | 'resume' | 'settled'>;
  readonly eject: (mountPoint: string) => Promise<{ readonly safeToUnplug: boolean; readonly text: string }>;
  /** Whether another source still owes a run to the repository of this one. */
  readonly owes: (source: Source) => Promise<boolean>;
  readonly changed: () => void;
  readonly now: Clock;
}

/** Whoever wants to unplug it has done so by then; nobody sees it happen. */
const safeMs = 15 * 60_000;

/**
 * Disks that backups had waited for. After the last run that was owed to such a disk it is made safe to unplug, or its
 * owner is told to do so; a disk that is always there is nobody's concern.
 */
export class Unplug {
  readonly #options: UnplugOptions;
  readonly #awaited = new Set<RepositoryId>();
  readonly #facts = new Map<RepositoryId, UnplugFact & { readonly at: number }>();

  constructor(options: UnplugOptions) {
    this.#options = options;
  }

  get facts(): readonly UnplugFact[] {
    return [...this.#facts.values()];
  }

  /** A run that is owed is held back because this disk is not there. */
  awaits(id: RepositoryId): void {
    this.#awaited.add(id);
  }

  /** After a scheduled backup, when nothing of it needs its repository any more. */
  async afterBackup(source: Source, { runId }: Pick<RunResult, 'runId'>): Promise<void> {
    const { repositoryId: id, ejectAfterwards } = source.policy;
    const { access, runs, owes } = this.#options;
    if (!this.#awaited.has(id)) return;
    if (runs.active.some(({ repositoryId }) => repositoryId === id) || (await owes(source))) return;
    const repository = (await access.list()).find((other) => other.id === id);
    if (!repository?.removable || repository.mountPoint === '') return;
    this.#awaited.delete(id);
    this.#note(repository, 'finished', '', runId);
    if (ejectAfterwards) await this.eject(id);
  }

  /** Closes the repository and unmounts its disk. Throws `busy` while a run uses it. */
  async eject(id: RepositoryId): Promise<{ safeToUnplug: boolean; text: string }> {
    const { access, runs, indexing } = this.#options;
    const repository = (await access.list()).find((other) => other.id === id);
    if (!repository || repository.mountPoint === '') throw notThere(repository?.name);
    if (!repository.removable) throw notRemovable(repository.name);
    const using = runs.active.find(({ repositoryId }) => repositoryId === id);
    if (using) throw inUse(repository.name, using.title);
    indexing.pause();
    try {
      return await runs.exclusively([`repository:${id}`], async () => {
        await indexing.settled();
        // What the helper has open there would keep its filesystem from being unmounted.
        await access.call('repositories.forgetPassword', { id });
        // A look while it is unmounted already takes what was told of it away.
        const runId = this.#facts.get(id)?.runId ?? '';
        const ejected = await this.#options.eject(repository.mountPoint);
        this.#note(repository, ejected.safeToUnplug ? 'safe' : 'busy', ejected.text, runId);
        return { safeToUnplug: ejected.safeToUnplug, text: ejected.text };
      });
    } finally {
      indexing.resume();
    }
  }

  /** What is true of the disks now: one that was unplugged, or is in use again, is told of no more. */
  look(repositories: readonly RepositoryStatus[]): void {
    for (const [id, fact] of this.#facts) {
      const repository = repositories.find((other) => other.id === id);
      const isThere = repository !== undefined && repository.mountPoint !== '';
      const isOver = this.#options.now() - fact.at > safeMs;
      const isStale = fact.state === 'safe' ? isThere || isOver : !isThere;
      if (isStale) this.#facts.delete(id);
    }
  }

  /** A run begins to use the disk: nothing that was said of unplugging it holds any more. */
  used(id: RepositoryId): void {
    if (this.#facts.delete(id)) this.#options.changed();
  }

  #note({ id, name }: RepositoryStatus, state: UnplugFact['state'], text: string, runId: string): void {
    this.#facts.set(id, { repositoryId: id, repositoryName: name, state, text, runId, at: this.#options.now() });
    this.#options.changed();
  }
}

function notThere(name: string | undefined): StillpointError {
  return new StillpointError({
    kind: 'repository-absent',
    message: name === undefined ? 'This repository is not set up here.' : `${name} is not connected.`,
    guidance: 'There is nothing to eject.',
  });
}

function notRemovable(name: string): StillpointError {
  return new StillpointError({
    kind: 'bad-input',
    message: `${name} is not on a disk that can be unplugged.`,
    guidance: 'It stays where it is.',
    field: 'id',
  });
}

function inUse(name: string, title: string): StillpointError {
  return new StillpointError({
    kind: 'busy',
    message: `${name} is in use: “${title}” is under way.`,
    guidance: 'Wait until it has ended, or cancel it.',
    retryable: true,
  });
}
