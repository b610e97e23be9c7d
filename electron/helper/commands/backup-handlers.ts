import { sourceById } from '../authority/registry.ts';
import { backup } from '../pipeline/backup.ts';
import type { Handlers } from '../server/service.ts';
import type { HelperContext } from './context.ts';
import { run } from './run.ts';

export function backupHandlers(context: HelperContext): Pick<Handlers, 'backup.run'> {
  const { registry, caller, sessions, stages } = context;
  return {
    'backup.run': async ({ sourceId, runId, askedAt, trigger }, { signal, emit }) => {
      const source = sourceById(registry, caller.uid, sourceId);
      const { name, spec, policy } = source;
      const { repositoryId } = policy;
      const job = { runId, askedAt, sourceId, sourceName: name, spec, policy, trigger };
      return run({ runId, kind: 'backup', sourceId, repositoryId, askedAt, title: name, trigger }, emit, (report) =>
        sessions.inTurn(repositoryId, async () =>
          backup(job, await sessions.opened(repositoryId), stages, report, signal),
        ),
      );
    },
  };
}
