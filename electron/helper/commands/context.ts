import type { Caller } from '../authority/caller.ts';
import type { Registry } from '../authority/registry.ts';
import type { ScheduleConsent } from '../authority/schedule-consent.ts';
import type { BackupStages } from '../pipeline/backup.ts';
import type { BegunLooks } from '../pipeline/give-back.ts';
import type {
  Hooks,
  LeftoverReport,
  QuiesceEnvironment,
  QuietRecorder,
  StaticWindows,
  TriedRootHold,
} from '../quiesce/index.ts';
import type { FilesystemRestore } from '../restore/index.ts';
import type { OwnPlaces } from '../sources/contract.ts';
import type { Sources } from '../sources/index.ts';
import type { MachineState } from '../system/machine-conditions.ts';
import type { CheckTurns } from './repositories/check-turns.ts';
import type { AsCaller } from './repositories/place.ts';
import type { RepositorySessions } from './repositories/sessions.ts';

/** What the commands share. Made once, where the helper is composed. */
export interface HelperContext {
  readonly caller: Caller;
  readonly registry: Registry;
  readonly sessions: RepositorySessions;
  /** Which part of the data checks read next. */
  readonly checkTurns: CheckTurns;
  /** Where looks for what nothing needs any more ended. */
  readonly begunLooks: BegunLooks;
  readonly stages: BackupStages;
  /** Sources of every kind, looked at in the caller's name. */
  readonly sources: Pick<Sources, 'excludeSizes' | 'activity'>;
  /** Whether scheduled runs of this caller may hold filesystems still. */
  readonly scheduleConsent: ScheduleConsent;
  /** What scheduled runs depend on, as it is now. */
  readonly machineConditions: () => Promise<MachineState>;
  readonly restores: FilesystemRestore;
  readonly asCaller: AsCaller;
  /** Everything of ours, as it is registered now. */
  readonly own: () => OwnPlaces;
  /** Whether the filesystem that everything runs from may be held, and the trial that tells. */
  readonly root: TriedRootHold;
  /** What a hold needs to know of this helper. */
  readonly holding: QuiesceEnvironment;
  /** When sources were seen to be quiet, and who sees to it. */
  readonly quiet: { readonly windows: StaticWindows; readonly recorder: QuietRecorder };
  /** Programs that are told of a still point. */
  readonly hooks: Hooks;
  /** Removes snapshots of volumes that an earlier run left behind by crashing; ours only. Never rejects. */
  readonly removeLeftovers: () => Promise<LeftoverReport>;
  /** Why no guard can be started here, so that nothing may be frozen; empty when one can. */
  readonly guardProblem: string;
}
