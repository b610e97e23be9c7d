import type { RepositoryId, RunId, SourceId } from '../../../shared/domain/ids.ts';
import type { RestorePlan, RestorePoint, RestoreRequest } from '../../../shared/domain/restore.ts';
import { restoredPlaces } from '../../../shared/domain/restored-places.ts';
import type { IpcResult } from '../../../shared/ipc/contract.ts';
import type { Catalog } from './catalog-port.ts';
import type { RepositoryAccess } from './repository-access.ts';
import type { RunService } from './run-service.ts';

export interface RestoreJobsOptions {
  readonly access: Pick<RepositoryAccess, 'call'>;
  readonly catalog: Pick<Catalog, 'getSnapshot'>;
  readonly runs: Pick<RunService, 'start'>;
}

/** Plans that are remembered, so that a restore knows its repository and source; the helper keeps them themselves. */
const rememberedPlans = 50;

/** Working out restores, doing them, and taking them back. */
export class RestoreJobs {
  readonly #options: RestoreJobsOptions;
  readonly #plans = new Map<string, RestorePlan>();

  constructor(options: RestoreJobsOptions) {
    this.#options = options;
  }

  async plan(request: RestoreRequest): Promise<RestorePlan> {
    const plan = await this.#options.access.call('restore.plan', request);
    this.#plans.set(plan.planId, plan);
    for (const oldest of [...this.#plans.keys()].slice(0, -rememberedPlans)) this.#plans.delete(oldest);
    return plan;
  }

  /** One click: a plan, and the restore at once where nothing in the plan asks. Nothing is touched otherwise. */
  async putBack(point: RestorePoint, selection: readonly string[]): Promise<IpcResult<'restore.putBack'>> {
    const plan = await this.plan({ point, selection: [...selection], target: { kind: 'original' }, mode: 'keep' });
    if (plan.warnings.some(({ asks }) => asks)) return { kind: 'ask', plan };
    if (!changesAnything(plan)) return { kind: 'nothing-to-do' };
    return { kind: 'started', runId: await this.start(plan.planId, [], true) };
  }

  async start(planId: string, unticked: readonly string[], safetySnapshot: boolean): Promise<RunId> {
    const { access, runs } = this.#options;
    const plan = this.#plans.get(planId);
    const repositoryId = plan?.request.point.repositoryId ?? null;
    const { sourceId, paths } = await this.#knownOf(plan?.request.point);
    return runs.start({
      kind: 'restore',
      title: plan ? `Put back to ${restoredPlaces(plan.targetPath, paths, plan.request.selection)}` : 'Put back',
      sourceId,
      repositoryId,
      keys: keysOf(repositoryId, sourceId),
      perform: ({ runId, askedAt, signal, onEvent }) =>
        access.call(
          'restore.run',
          { planId, runId, askedAt, unticked: [...unticked], safetySnapshot },
          { signal, onEvent },
        ),
    });
  }

  async undo(restoreRunId: RunId): Promise<RunId> {
    const { access, runs } = this.#options;
    const undoable = await access.call('restore.undoable', {});
    const restore = undoable.find(({ runId }) => runId === restoreRunId);
    const repositoryId = restore?.repositoryId ?? null;
    const { sourceId, paths } = await this.#knownOf(
      restore && { repositoryId: restore.repositoryId, snapshotId: restore.restoredSnapshotId },
    );
    return runs.start({
      kind: 'undo',
      title: restore ? `Undo the restore to ${restoredPlaces(restore.targetPath, paths)}` : 'Undo a restore',
      sourceId,
      repositoryId,
      keys: keysOf(repositoryId, sourceId),
      perform: ({ runId, askedAt, signal, onEvent }) =>
        access.call('restore.undo', { restoreRunId, runId, askedAt }, { signal, onEvent }),
    });
  }

  async #knownOf(point: Pick<RestorePoint, 'repositoryId' | 'snapshotId'> | undefined) {
    const known =
      point &&
      (await this.#options.catalog
        .getSnapshot({ repositoryId: point.repositoryId, snapshotId: point.snapshotId })
        .catch(() => null));
    return { sourceId: known?.summary.sourceId ?? null, paths: known?.summary.paths ?? [] };
  }
}

export function changesAnything({ counts }: RestorePlan): boolean {
  return counts.add + counts.replace + counts.metadata + counts.delete > 0;
}

function keysOf(repositoryId: RepositoryId | null, sourceId: SourceId | null): string[] {
  return [
    ...(repositoryId === null ? [] : [`repository:${repositoryId}`]),
    ...(sourceId === null ? [] : [`source:${sourceId}`]),
  ];
}
