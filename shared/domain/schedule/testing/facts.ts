import type { Attempt, MachineConditions, ScheduleFacts, ScheduleHistory } from '../facts.ts';
import { type ConditionRules, defaultConditionRules, type Schedule } from '../schedule.ts';

export interface FactsDraft {
  readonly schedule?: Schedule;
  readonly conditions?: Partial<ConditionRules>;
  readonly since?: string;
  readonly now: string;
  readonly zone?: string;
  readonly history?: Partial<ScheduleHistory>;
  readonly machine?: Partial<MachineConditions>;
}

export const everyHour: Schedule = { kind: 'hourly', everyHours: 1, minute: 0 };

/** An hourly source in Berlin with everything it needs, since the morning of a day in May, with one older snapshot. */
export function scheduleFacts(draft: FactsDraft): ScheduleFacts {
  return {
    schedule: draft.schedule ?? everyHour,
    conditions: { ...defaultConditionRules, ...draft.conditions },
    since: ms(draft.since ?? '2026-05-04T08:30+02:00'),
    now: ms(draft.now),
    zone: draft.zone ?? 'Europe/Berlin',
    history: {
      attempts: [],
      heldBack: [],
      lastSnapshotAt: ms('2026-05-04T08:00+02:00'),
      accountedUntil: null,
      ...draft.history,
    },
    machine: {
      onMains: true,
      metered: false,
      repository: 'ready',
      repositoryOnNetwork: false,
      sleepAnnounced: false,
      pausedUntil: null,
      activity: null,
      ...draft.machine,
    },
  };
}

/** `12:05` on the day the facts are about; anything longer as RFC 3339. */
export function at(clock: string): string {
  return `2026-05-04T${clock}+02:00`;
}

export function ms(instant: string): number {
  const value = Date.parse(instant);
  if (Number.isNaN(value)) throw new RangeError(`not an instant: ${instant}`);
  return value;
}

/** An attempt of the day the facts are about: `attempt('12:00', '12:01', 'failed', '12:00')`. */
export function attempt(
  began: string,
  ended: string | null,
  outcome: Attempt['outcome'],
  slot: string | null = null,
): Attempt {
  return {
    startedAt: ms(at(began)),
    endedAt: ended === null ? null : ms(at(ended)),
    outcome,
    slot: slot === null ? null : ms(at(slot)),
  };
}
