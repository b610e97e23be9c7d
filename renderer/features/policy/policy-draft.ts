import type { ActivitySchedule } from '../../../shared/domain/schedule/latest.ts';
import type { Schedule } from '../../../shared/domain/schedule/schedule.ts';
import { type PolicyChoice, policyChoiceSchema } from '../../state/policy-parts.ts';

/** Why a choice cannot be saved, beside the field it belongs to: `schedule.at`. */
export interface PolicyProblem {
  readonly field: string;
  readonly message: string;
}

export function policyProblems(choice: PolicyChoice): PolicyProblem[] {
  const parsed = policyChoiceSchema.safeParse(choice);
  const found = parsed.success
    ? []
    : parsed.error.issues.map(({ path, message }) => ({ field: path.join('.'), message }));
  const { schedule } = choice;
  if ((schedule.kind === 'quiet' || schedule.kind === 'changes') && schedule.latestAt === undefined) {
    if (schedule.atMostEveryMinutes > schedule.atLeastEveryHours * 60) {
      found.push({ field: 'schedule.atLeastEveryHours', message: 'longest-before-shortest' });
    }
  }
  return found;
}

/** The message of a field and of what lies below it; null where all is well. */
export function problemOf(problems: readonly PolicyProblem[], field: string): string | null {
  return problems.find((problem) => problem.field === field || problem.field.startsWith(`${field}.`))?.message ?? null;
}

/** The latest time of a schedule that follows what happens, or none; its own kind stays. */
export function withLatestAt(schedule: ActivitySchedule, latestAt: string | undefined): ActivitySchedule {
  const { latestAt: _, ...rest } = schedule;
  return latestAt === undefined ? rest : { ...rest, latestAt };
}

export const scheduleKinds = ['hourly', 'daily', 'quiet', 'changes', 'manual'] as const;

/** Another way to say when. What was chosen for it before comes back; else what suits most people. */
export function startSchedule(kind: Schedule['kind'], known: ReadonlyMap<string, Schedule>): Schedule {
  const before = known.get(kind);
  if (before !== undefined) return before;
  switch (kind) {
    case 'manual':
      return { kind };
    case 'hourly':
      return { kind, everyHours: 1, minute: 0 };
    case 'daily':
      return { kind, at: ['12:00'], days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] };
    case 'quiet':
      return { kind, quietMinutes: 10, atMostEveryMinutes: 60, atLeastEveryHours: 24 };
    case 'changes':
      return { kind, changes: 500, atMostEveryMinutes: 60, atLeastEveryHours: 24 };
  }
}
