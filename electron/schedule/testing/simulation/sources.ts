import type { ConditionRules } from '../../../../shared/domain/schedule/schedule.ts';
import { defaultConditionRules } from '../../../../shared/domain/schedule/schedule.ts';
import type { SimulatedSource } from './world.ts';

const always: ConditionRules = { onBattery: 'as-usual', onMetered: 'run', windows: [] };
const nights: ConditionRules = {
  ...defaultConditionRules,
  windows: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '19:00', to: '03:30' }],
};

/** One of each way to plan, over two repositories. */
export const simulatedSources: readonly SimulatedSource[] = [
  {
    name: 'hourly',
    schedule: { kind: 'hourly', everyHours: 1, minute: 0 },
    conditions: defaultConditionRules,
    repository: 0,
  },
  { name: 'sixhourly', schedule: { kind: 'hourly', everyHours: 6, minute: 30 }, conditions: always, repository: 0 },
  {
    name: 'daily',
    schedule: { kind: 'daily', at: ['02:30', '12:00'], days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sun'] },
    conditions: nights,
    repository: 1,
  },
  {
    name: 'changes',
    schedule: { kind: 'changes', changes: 40, atMostEveryMinutes: 30, atLeastEveryHours: 24 },
    conditions: always,
    repository: 1,
  },
  {
    name: 'quiet',
    schedule: { kind: 'quiet', quietMinutes: 20, atMostEveryMinutes: 60, atLeastEveryHours: 12 },
    conditions: defaultConditionRules,
    repository: 1,
  },
  { name: 'byhand', schedule: { kind: 'manual' }, conditions: always, repository: 0 },
];
