import { isTimeZone } from '../../../shared/domain/keep/wall-clock.ts';
import type { PruneFigures } from '../../../shared/domain/prune.ts';
import type { Source } from '../../../shared/domain/source.ts';
import { msToInstant } from '../../../shared/domain/time.ts';
import { StillpointError } from '../../../shared/errors/index.ts';
import { repositoryById, sourceById } from '../authority/registry.ts';
import { type ForgetJob, forget } from '../pipeline/forget.ts';
import { FreeableOffers, type RuledSource } from '../pipeline/freeable.ts';
import { planKeep } from '../pipeline/plan-keep.ts';
import { prune } from '../pipeline/prune.ts';
import { reclaim } from '../pipeline/reclaim.ts';
import type { Handlers } from '../server/service.ts';
import { spaceOf } from '../system/space.ts';
import type { HelperContext } from './context.ts';
import { run } from './run.ts';
import { turnOf } from './turn-of.ts';
import { undoIds } from './undo-ids.ts';

type KeepHandlers = Pick<
  Handlers,
  | 'keep.plan'
  | 'keep.apply'
  | 'repositories.freeable'
  | 'repositories.reclaim'
  | 'repositories.want'
  | 'repositories.prune'
>;

export function keepHandlers(context: HelperContext): KeepHandlers {
  const { registry, caller, sessions, stages, asCaller } = context;
  const offers = new FreeableOffers();
  return {
    'keep.plan': async ({ sourceId, rules, zone }, { signal }) => {
      const source = sourceById(registry, caller.uid, sourceId);
      const repository = await sessions.opened(source.policy.repositoryId);
      const job = { ...forgetJobOf(context, source, knownZone(zone)), plan: source.policy };
      return planKeep(repository, rules === undefined ? job : { ...job, rules }, signal);
    },
    'keep.apply': async ({ sourceId, runId, zone }, { signal, emit }) => {
      const source = sourceById(registry, caller.uid, sourceId);
      const { repositoryId } = source.policy;
      const job = { ...forgetJobOf(context, source, knownZone(zone)), runId };
      const start = { runId, kind: 'forget', sourceId, repositoryId, askedAt: now(), title: source.name } as const;
      return run(start, emit, (report) =>
        sessions.inTurn(
          repositoryId,
          async () => forget(await sessions.opened(repositoryId), job, report, signal),
          turnOf(start.title, report, signal),
        ),
      );
    },
    'repositories.freeable': async ({ id, zone }, { signal }) => {
      const { location } = repositoryById(registry, caller.uid, id);
      const ruled = registry.sources(caller.uid).filter(({ policy }) => policy.repositoryId === id);
      const job = {
        ...{ sources: ruled.map(ruledSource), author: stages.author, zone: knownZone(zone) },
        undoIds: undoIds(context),
      };
      const found = await offers.of(await sessions.opened(id), job, signal);
      if (location.kind !== 'local') return { offers: found, freeBytes: null, totalBytes: null };
      const { path } = location;
      const { available, total } = asCaller(() => spaceOf(path));
      return { offers: found, freeBytes: Number(available), totalBytes: Number(total) };
    },
    'repositories.reclaim': async ({ id, runId, snapshotIds }, { signal, emit }) => {
      const { name } = repositoryById(registry, caller.uid, id);
      const title = `Free space in ${name}`;
      const start = { runId, kind: 'forget', sourceId: null, repositoryId: id, askedAt: now(), title } as const;
      return run(start, emit, (report) =>
        sessions.inTurn(
          id,
          async () => {
            // As it is by then: a restore may have come before.
            const job = { runId, snapshotIds, undoIds: undoIds(context) };
            return reclaim(await sessions.opened(id), job, report, signal);
          },
          turnOf(title, report, signal),
        ),
      );
    },
    'repositories.want': async ({ id }) => {
      sessions.want(repositoryById(registry, caller.uid, id).id);
      return {};
    },
    'repositories.prune': async ({ id, runId, dryRun, limits }, { signal, emit }) => {
      const { name } = repositoryById(registry, caller.uid, id);
      const title = dryRun ? `What a prune of ${name} would do` : `Prune ${name}`;
      const start = { runId, kind: 'forget', sourceId: null, repositoryId: id, askedAt: now(), title } as const;
      let figures: PruneFigures | null = null;
      const result = await run(start, emit, (report) =>
        sessions.inTurn(
          id,
          async (turn) => {
            const done = await prune(await sessions.opened(id), { runId, dryRun, limits }, report, signal, turn);
            figures = done.figures;
            return done.result;
          },
          turnOf(title, report, signal),
        ),
      );
      return { run: result, figures };
    },
  };
}

/** What a source's policy says is kept, with what only this helper knows. */
export function forgetJobOf(context: HelperContext, source: Source, zone: string): Omit<ForgetJob, 'runId'> {
  return { ...ruledSource(source), author: context.stages.author, undoIds: undoIds(context), zone };
}

function ruledSource({ id, policy }: Source): RuledSource {
  return { sourceId: id, requiredLevel: policy.requiredLevel, rules: policy.keep };
}

function knownZone(zone: string): string {
  if (isTimeZone(zone)) return zone;
  throw new StillpointError({
    kind: 'bad-input',
    field: 'zone',
    message: `There is no time zone ${zone}.`,
    guidance: 'Give its name as in Europe/Berlin.',
  });
}

function now(): string {
  return msToInstant(Date.now());
}
