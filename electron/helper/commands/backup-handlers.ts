import { localZone } from '../../../shared/domain/keep/wall-clock.ts';
import { isStillpointError } from '../../../shared/errors/index.ts';
import { sourceById } from '../authority/registry.ts';
import { backup } from '../pipeline/backup.ts';
import { forgetAfterBackup } from '../pipeline/forget.ts';
import { withoutLooks } from '../pipeline/give-back.ts';
import type { Handlers } from '../server/service.ts';
import type { HelperContext } from './context.ts';
import { forgetJobOf } from './keep-handlers.ts';
import { run } from './run.ts';
import { turnOf } from './turn-of.ts';

export function backupHandlers(context: HelperContext): Pick<Handlers, 'backup.run'> {
  const { registry, caller, sessions, stages } = context;
  return {
    'backup.run': async ({ sourceId, runId, askedAt, trigger }, { signal, emit }) => {
      const source = sourceById(registry, caller.uid, sourceId);
      const { name, spec, policy } = source;
      const { repositoryId } = policy;
      // No run has begun yet: who has the password gives it, as after this helper took another's place, and asks again.
      await sessions.opened(repositoryId).catch((error) => {
        if (isStillpointError(error, 'password-needed')) throw error;
      });
      const job = { runId, askedAt, sourceId, sourceName: name, spec, policy, trigger };
      return run({ runId, kind: 'backup', sourceId, repositoryId, askedAt, title: name, trigger }, emit, (report) =>
        sessions.inTurn(
          repositoryId,
          async (turn) => {
            const repository = await sessions.opened(repositoryId);
            const result = await backup(job, repository, stages, report, signal);
            const keeping = () => ({
              ...forgetJobOf(context, sourceById(registry, caller.uid, sourceId), localZone()),
              runId,
            });
            const giving = { ...withoutLooks, turn, looks: context.begunLooks };
            return forgetAfterBackup(result, repository, keeping, report, signal, giving);
          },
          turnOf(name, report, signal),
        ),
      );
    },
  };
}
