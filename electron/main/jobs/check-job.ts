import type { RepositoryId } from '../../../shared/domain/ids.ts';
import type { CheckFinding } from '../../../shared/domain/repository.ts';
import type { RunResult } from '../../../shared/domain/run.ts';
import type { RepositoryAccess } from './repository-access.ts';
import type { RunRequest } from './run-service.ts';

/** A check of one repository. Its findings are told as the run's warnings, unless the helper did so already. */
export function checkJob(
  access: Pick<RepositoryAccess, 'call' | 'requireReady'>,
  id: RepositoryId,
  name: string,
  readData: boolean,
): RunRequest {
  return {
    kind: 'check',
    title: readData ? `Check ${name}, all data` : `Check ${name}`,
    sourceId: null,
    repositoryId: id,
    keys: [`repository:${id}`],
    perform: async ({ runId, signal, onEvent }) => {
      await access.requireReady(id);
      const { run, findings } = await access.call('repositories.check', { id, runId, readData }, { signal, onEvent });
      return withFindings(run, findings);
    },
  };
}

export function withFindings(run: RunResult, findings: readonly CheckFinding[]): RunResult {
  if (run.warnings.length > 0) return run;
  const told = findings.filter(({ severity }) => severity !== 'info');
  return {
    ...run,
    warnings: told.map(({ code, text, affects }) => ({
      code,
      text,
      ...(affects[0] === undefined ? {} : { path: affects[0] }),
    })),
    warningsTotal: Math.max(run.warningsTotal, told.length),
  };
}
