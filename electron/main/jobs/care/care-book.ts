import type { Care, CarePlan, HeldCheck, MadeCheck } from '../../../../shared/domain/care.ts';
import type { RepositoryId } from '../../../../shared/domain/ids.ts';
import type { FoundDamage } from '../catalog-port.ts';
import type { Clock } from '../ports.ts';
import { coverageOf } from './coverage.ts';
import { nextCheckAt } from './next-check.ts';

/** What is kept of one repository. */
interface Kept {
  plan: CarePlan | null;
  planSince: number;
  checks: MadeCheck[];
}

export interface CareBookOptions {
  readonly loaded: Readonly<Record<string, Kept>>;
  readonly save: (repositories: Record<string, Kept>) => Promise<void>;
  readonly now: Clock;
}

/** Enough for a hundred parts, each read several times. */
const mostChecks = 1000;

/** Plans of checks and the checks that were made, of each repository. */
export class CareBook {
  readonly #kept: Map<RepositoryId, Kept>;
  readonly #options: CareBookOptions;
  readonly #heldBack = new Map<RepositoryId, HeldCheck>();

  constructor(options: CareBookOptions) {
    this.#options = options;
    this.#kept = new Map(Object.entries(options.loaded) as [RepositoryId, Kept][]);
  }

  of(id: RepositoryId, damages: readonly FoundDamage[]): Care {
    const { plan, planSince, checks } = this.#of(id);
    const damage = damages.find(({ repositoryId }) => repositoryId === id);
    return {
      lastCheck: checks.at(-1) ?? null,
      verified: coverageOf(checks),
      damage: damage === undefined ? null : { runId: damage.runId, at: damage.at },
      plan,
      nextCheckAt: plan === null ? null : nextCheckAt(plan, planSince, checks),
      heldBack: plan === null ? null : (this.#heldBack.get(id) ?? null),
    };
  }

  /** When the next planned check is due; null without a plan. */
  dueAt(id: RepositoryId): number | null {
    const { plan, planSince, checks } = this.#of(id);
    return plan === null ? null : nextCheckAt(plan, planSince, checks);
  }

  plan(id: RepositoryId): CarePlan | null {
    return this.#of(id).plan;
  }

  /** True when that is news. */
  hold(id: RepositoryId, because: HeldCheck | null): boolean {
    if ((this.#heldBack.get(id) ?? null) === because) return false;
    if (because === null) this.#heldBack.delete(id);
    else this.#heldBack.set(id, because);
    return true;
  }

  async setPlan(id: RepositoryId, plan: CarePlan | null): Promise<void> {
    this.#heldBack.delete(id);
    await this.#keep(id, { ...this.#of(id), plan, planSince: this.#options.now() });
  }

  async made(id: RepositoryId, check: MadeCheck): Promise<void> {
    const kept = this.#of(id);
    await this.#keep(id, { ...kept, checks: [...kept.checks, check].slice(-mostChecks) });
  }

  /** Repositories that are not registered any more. */
  async forget(id: RepositoryId): Promise<void> {
    this.#heldBack.delete(id);
    if (this.#kept.delete(id)) await this.#save();
  }

  #of(id: RepositoryId): Kept {
    return this.#kept.get(id) ?? { plan: null, planSince: 0, checks: [] };
  }

  async #keep(id: RepositoryId, kept: Kept): Promise<void> {
    this.#kept.set(id, kept);
    await this.#save();
  }

  #save(): Promise<void> {
    return this.#options.save(Object.fromEntries(this.#kept));
  }
}
