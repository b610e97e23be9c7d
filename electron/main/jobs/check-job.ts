import type { CheckOutcome, MadeCheck } from '../../../shared/domain/care.ts';
import type { RepositoryId } from '../../../shared/domain/ids.ts';
import type { CheckFinding, CheckShare } from '../../../shared/domain/repository.ts';
import type { RunResult, RunTrigger } from '../../../shared/domain/run.ts';
import { instantToMs } from '../../../shared/domain/time.ts';
import { beforeEnd } from './before-end.ts';
import type { RepositoryAccess } from './repository-access.ts';
import type { RunRequest } from './run-service.ts';

export interface CheckWish {
  readonly readData: boolean;
  /** Then only this part of it. */
  readonly share?: CheckShare | undefined;
}

/** A check of one repository. Its findings are told as the run's warnings, unless the helper did so already. */
export function checkJob(
  access: Pick<RepositoryAccess, 'call' | 'requireReady'>,
  id: RepositoryId,
  name: string,
  { readData, share }: CheckWish,
  made: (check: MadeCheck) => Promise<void>,
  trigger: RunTrigger = 'person',
): RunRequest {
  const wish = share === undefined ? { readData } : { readData, share };
  return {
    kind: 'check',
    title: titleOf(name, { readData, share }),
    sourceId: null,
    repositoryId: id,
    trigger,
    keys: [`repository:${id}`],
    perform: async ({ runId, askedAt, signal, onEvent }) => {
      const keep = (outcome: CheckOutcome, checked: MadeCheck['checked']): Promise<void> =>
        made({ runId, at: instantToMs(askedAt), outcome, checked, planned: trigger === 'schedule' });
      try {
        await access.requireReady(id);
        const answer = await access.call(
          'repositories.check',
          { id, runId, ...wish },
          { signal, onEvent: beforeEnd(onEvent) },
        );
        const { run, findings, checked } = answer;
        await keep(outcomeOf(run, findings), checked);
        return withFindings(run, findings);
      } catch (error) {
        await keep('not-done', null);
        throw error;
      }
    },
  };
}

function titleOf(name: string, { readData, share }: CheckWish): string {
  if (!readData) return `Check ${name}`;
  return share === undefined ? `Check ${name}, all data` : `Check ${name}, a part of its data`;
}

function outcomeOf(run: RunResult, findings: readonly CheckFinding[]): CheckOutcome {
  if (findings.some(({ severity }) => severity === 'error')) return 'damaged';
  if (run.outcome === 'done') return 'clean';
  return run.outcome === 'warnings' ? 'warnings' : 'not-done';
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
