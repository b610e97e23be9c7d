export type {
  BackupRequest,
  BackupTrigger,
  JournaledRun,
  Look,
  PokeReason,
  Runner,
  SchedulerOptions,
  SchedulerPorts,
  SnapshotOfRun,
  SourceScheduleState,
} from './contract.ts';
export { machineZone } from './machine-zone.ts';
export { type PausedUntil, PauseFile } from './pause-file.ts';
export { missingEnd, resultWithout } from './run-logs/interrupted.ts';
export { RunLogs } from './run-logs/run-logs.ts';
export { Scheduler } from './scheduler.ts';
export { damageText } from './source-keeper.ts';
