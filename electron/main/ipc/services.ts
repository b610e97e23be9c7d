import type { HelperState } from '../../../shared/ipc/app.ts';
import type { IpcResult } from '../../../shared/ipc/contract.ts';
import type { RunLogs } from '../../schedule/run-logs/run-logs.ts';
import type { Catalog } from '../jobs/catalog-port.ts';
import type { CatalogSync, Topics } from '../jobs/catalog-sync.ts';
import type { DrawnCache } from '../jobs/drawn-cache.ts';
import type { FileIndexing } from '../jobs/file-indexing.ts';
import type { RepositoryAccess } from '../jobs/repository-access.ts';
import type { RestoreJobs } from '../jobs/restore-jobs.ts';
import type { RunService } from '../jobs/run-service.ts';
import type { SourceDirectory } from '../jobs/source-directory.ts';
import type { PasswordStore } from '../settings/password-store.ts';
import type { SettingsStore } from '../settings/settings-store.ts';

/** The helper's state, and the way to more rights. */
export interface HelperPort {
  readonly state: HelperState;
  requestRights(): Promise<HelperState>;
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

/** Everything handlers are made of; each takes what it names. */
export interface Services {
  readonly access: RepositoryAccess;
  readonly catalog: Catalog;
  readonly sync: CatalogSync;
  readonly indexing: FileIndexing;
  readonly runs: RunService;
  readonly logs: Pick<RunLogs, 'read'>;
  readonly restores: RestoreJobs;
  readonly sources: SourceDirectory;
  readonly drawn: DrawnCache;
  readonly settings: SettingsStore;
  readonly passwords: PasswordStore;
  readonly helper: HelperPort;
  readonly shell: ShellPort;
  /** The catalog or the registry has changed; windows look again. */
  readonly announce: (topics: Topics) => void;
  /** A source or a repository was registered, changed or, with its id, removed. */
  readonly registryChanged: (removedId?: string) => void;
  /** Something that goes on after the answer failed. */
  readonly report: (what: string, error: unknown) => void;
  readonly now: () => number;
}
