import type { TrialState } from '../../../shared/domain/freeze-trial.ts';
import type { ConsistencyLevel } from '../../../shared/domain/level.ts';
import type { QuiesceMethodName } from '../../../shared/domain/method.ts';
import type { Schedule, TimeWindow } from '../../../shared/domain/schedule/schedule.ts';
import type { AlertChannelView } from '../../../shared/ipc/alerts.ts';
import type { HelperState, SecretStore, Settings } from '../../../shared/ipc/app.ts';
import type { IpcResult } from '../../../shared/ipc/contract.ts';
import type { RunView } from '../../../shared/ipc/runs.ts';
import type { ScheduleState } from '../../../shared/ipc/schedule.ts';
import type { Health, SourceView } from '../../../shared/ipc/sources.ts';
import type { Lane } from '../../../shared/ipc/timeline.ts';

/** One made-up source: everything else in the model follows from it. */
export interface Plan {
  readonly key: string;
  readonly name: string;
  readonly kind: string;
  readonly path: string;
  /** Further places that are held together with `path`. */
  readonly others?: readonly string[];
  readonly detail: string;
  readonly repository: string;
  readonly method: QuiesceMethodName;
  readonly level: ConsistencyLevel;
  readonly requiredLevel: ConsistencyLevel;
  readonly stallMs: readonly [number, number] | null;
  readonly files: number;
  readonly bytes: number;
  readonly health: Health;
  readonly healthText: string;
  readonly schedule: Schedule;
  readonly windows?: readonly TimeWindow[];
}

export interface World {
  readonly now: number;
  readonly plans: readonly Plan[];
  sources: SourceView[];
  repositories: IpcResult<'repositories.list'>;
  lanes: Lane[];
  runs: RunView[];
  settings: Settings;
  helper: HelperState;
  secretStore: SecretStore;
  schedule: ScheduleState;
  alerts: AlertChannelView[];
  /** Of the filesystem that the system runs from; only sources below its mount point lie on it. */
  trial: TrialState;
}

export const minute = 60_000;
export const hour = 3_600_000;
export const day = 86_400_000;

/** The local midnight `days` before the day of `now`. */
export function midnight(now: number, days: number): number {
  const date = new Date(now);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() - days).getTime();
}
