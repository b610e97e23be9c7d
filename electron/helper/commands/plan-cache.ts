import { randomUUID } from 'node:crypto';
import type { RepositoryId } from '../../../shared/domain/ids.ts';
import { StillpointError } from '../../../shared/errors/index.ts';
import type { PreparedRestore } from '../restore/contract.ts';

/** Plans kept at a time. A plan of a large tree takes memory; a wizard needs one, and its Back button the one before. */
const maxPlans = 4;

interface Kept {
  readonly repositoryId: RepositoryId;
  readonly prepared: PreparedRestore;
}

/** Prepared restores by a name that cannot be guessed; the oldest gives way. */
export class PlanCache {
  readonly #plans = new Map<string, Kept>();

  newId(): string {
    return randomUUID();
  }

  keep(planId: string, repositoryId: RepositoryId, prepared: PreparedRestore): void {
    this.#plans.set(planId, { repositoryId, prepared });
    const [oldest] = this.#plans.keys();
    if (this.#plans.size > maxPlans && oldest !== undefined) this.#plans.delete(oldest);
  }

  get(planId: string): Kept {
    const kept = this.#plans.get(planId);
    if (kept) return kept;
    throw new StillpointError({
      kind: 'bad-input',
      field: 'planId',
      message: 'This preview is no longer current.',
      guidance: 'Make the preview again; nothing was changed.',
      retryable: true,
    });
  }

  /** A plan is used once: afterwards what it saw at the target is history. */
  drop(planId: string): void {
    this.#plans.delete(planId);
  }
}
