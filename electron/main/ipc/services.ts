import type { HelperState } from '../../../shared/ipc/app.ts';
import type { IpcResult } from '../../../shared/ipc/contract.ts';
import type { ScheduleState } from '../../../shared/ipc/schedule.ts';
import type { PokeReason } from '../../schedule/index.ts';
import type { RunLogs } from '../../schedule/run-logs/run-logs.ts';
import type { AlertDesk } from '../jobs/alerts/alert-desk.ts';
import type { AskedBackups } from '../jobs/backup-job.ts';
import type { CareBook } from '../jobs/care/care-book.ts';
import type { PlannedChecks } from '../jobs/care/planned-checks.ts';
import type { Catalog } from '../jobs/catalog-port.ts';
import type { CatalogSync, Topics } from '../jobs/catalog-sync.ts';
import type { DrawnCache } from '../jobs/drawn-cache.ts';
import type { FileIndexing } from '../jobs/file-indexing.ts';
import type { Measurements } from '../jobs/measurements.ts';
import type { NoticeFeedback, NotifierPort, Place } from '../jobs/notices/notice.ts';
import type { RepositoryAccess } from '../jobs/repository-access.ts';
import type { RestoreJobs } from '../jobs/restore-jobs.ts';
import type { RunReports } from '../jobs/run-reports.ts';
import type { RunService } from '../jobs/run-service.ts';
import type { SourceDirectory } from '../jobs/source-directory.ts';
import type { TrayAction, TrayModel } from '../jobs/tray-model.ts';
import type { Trials } from '../jobs/trials.ts';
import type { Unplug } from '../jobs/unplug.ts';
import type { Views } from '../jobs/views.ts';
import type { Autostart, AutostartEntry } from '../settings/autostart.ts';
import type { PasswordStore } from '../settings/password-store.ts';
import type { SettingsStore } from '../settings/settings-store.ts';

/** The helper's state, and the way to more rights. */
export interface HelperPort {
  readonly state: HelperState;
  requestRights(): Promise<HelperState>;
  /** Asks what the helper says of itself again, for what its commands changed. */
  refresh(): Promise<HelperState>;
  /** Lets scheduled runs hold filesystems still without asking from now on, or no longer. Rejects when it is not done. */
  allowStillPoints(allowed: boolean): Promise<HelperState>;
}

/** What became of making a disk safe to unplug. */
export interface Ejected {
  /** True only when its filesystem is not mounted any more. */
  readonly safeToUnplug: boolean;
  /** For people: why not, or what to do. */
  readonly text: string;
}

/** What handlers need of the desktop. */
export interface ShellPort {
  readonly version: string;
  readonly hostname: string;
  readonly homePath: string;
  readonly runsAsRoot: boolean;
  /** Null: the user closed it. */
  pickFolder(title: string, startAt: string | undefined): Promise<string | null>;
  pickFileToSave(title: string, suggestedName: string): Promise<string | null>;
  /** Rejects with words when it is not a folder that is there. */
  openFolder(path: string): Promise<void>;
  disks(): Promise<IpcResult<'app.places'>['disks']>;
  /** Both whole or not at all. */
  writeFile(path: string, content: string | Uint8Array): Promise<void>;
  writeChunks(path: string, chunks: AsyncIterable<Uint8Array>): Promise<void>;
  /** A sheet for one repository; null: the user closed the dialog. */
  recoverySheet(repository: SheetRepository, keys: SheetKeys): Promise<string | null>;
  readonly autostart: AutostartEntry;
  /** A tray shows us now. Whoever implements it announces `schedule` when that changes. */
  readonly hasTray: boolean;
  /** Shows this state; called after every change of it. Does nothing on a desktop without a tray. */
  showTray(model: TrayModel): void;
  readonly notifier: NotifierPort;
  /** Unmounts the filesystem mounted there and, where the disk allows, powers it off. Never rejects for a busy one. */
  eject(mountPoint: string): Promise<Ejected>;
  /** Raises the window, or makes one, and shows a place in it; null: as it was. */
  open(place: Place | null): void;
}

export interface SheetRepository {
  readonly id: string;
  readonly name: string;
  readonly place: string;
}

export interface SheetKeys {
  addKey(password: string, label: string): Promise<{ keyId: string }>;
  removeKey(keyId: string): Promise<void>;
}

/** Scheduled runs, as the desktop and the handlers drive them. */
export interface SchedulePort {
  /** Begins to look; called once, when the window and the helper were asked for. */
  start(): void;
  /** Nothing begins any more; resolves when no decision is under way. */
  stop(): Promise<void>;
  /** Something may have changed what is due: a mount, a password, a source. Cheap, and may be called too often. */
  poke(reason: PokeReason): void;
  /** The machine was asleep until now: what was missed is caught up once, and nobody is told of it before that. */
  resumed(): void;
  readonly state: ScheduleState;
  pause(until: number | 'forever' | null): Promise<ScheduleState>;
}

/** What is done from the tray's menu; `open` and `quit` are the shell's own. */
export interface TrayPort {
  act(action: TrayAction): Promise<void>;
}

/** Everything handlers are made of; each takes what it names. */
export interface Services {
  readonly access: RepositoryAccess;
  readonly catalog: Catalog;
  readonly sync: CatalogSync;
  readonly indexing: FileIndexing;
  readonly runs: RunService;
  readonly reports: RunReports;
  readonly measurements: Measurements;
  readonly care: CareBook;
  readonly checks: Pick<PlannedChecks, 'look'>;
  readonly backups: AskedBackups;
  readonly views: Views;
  readonly trials: Trials;
  readonly unplug: Unplug;
  readonly autostart: Autostart;
  readonly logs: Pick<RunLogs, 'read'>;
  readonly restores: RestoreJobs;
  readonly sources: SourceDirectory;
  readonly drawn: DrawnCache;
  readonly settings: SettingsStore;
  readonly passwords: PasswordStore;
  readonly helper: HelperPort;
  readonly shell: ShellPort;
  readonly schedule: SchedulePort;
  readonly alerts: AlertDesk;
  readonly notices: NoticeFeedback;
  readonly tray: TrayPort;
  /** The catalog or the registry has changed; windows look again. */
  readonly announce: (topics: Topics) => void;
  /** A source or a repository was registered, changed or, with its id, removed. */
  readonly registryChanged: (removedId?: string) => void;
  /** Something that goes on after the answer failed. */
  readonly report: (what: string, error: unknown) => void;
  readonly now: () => number;
}
