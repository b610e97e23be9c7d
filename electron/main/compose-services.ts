import { randomBytes } from 'node:crypto';
import { type RunId, runIdSchema } from '../../shared/domain/ids.ts';
import type { AppEvent } from '../../shared/ipc/events.ts';
import type { RunView } from '../../shared/ipc/runs.ts';
import type { RunLogs } from '../schedule/run-logs/run-logs.ts';
import type { HelperPort, Services, ShellPort } from './ipc/services.ts';
import type { Catalog } from './jobs/catalog-port.ts';
import { CatalogSync, type Topics } from './jobs/catalog-sync.ts';
import { DrawnCache } from './jobs/drawn-cache.ts';
import { FileIndexing } from './jobs/file-indexing.ts';
import type { HelperCalls } from './jobs/ports.ts';
import type { RegistryCarrier } from './jobs/registry-carrier.ts';
import { RepositoryAccess } from './jobs/repository-access.ts';
import { RestoreJobs } from './jobs/restore-jobs.ts';
import { RunService } from './jobs/run-service.ts';
import { SourceDirectory } from './jobs/source-directory.ts';
import type { PasswordStore } from './settings/password-store.ts';
import type { SettingsStore } from './settings/settings-store.ts';

export interface ServiceParts {
  readonly helperCalls: HelperCalls;
  readonly helper: HelperPort;
  readonly carrier: Pick<RegistryCarrier, 'changed'>;
  readonly catalog: Catalog;
  readonly logs: RunLogs;
  readonly settings: SettingsStore;
  readonly passwords: PasswordStore;
  readonly shell: ShellPort;
  readonly broadcast: (event: AppEvent) => void;
  readonly report: (what: string, error: unknown) => void;
  readonly now: () => number;
}

export interface ComposedServices extends Services {
  /** Gives the helper the passwords it does not know yet, and fills the catalog. Never rejects. */
  catchUp(): Promise<void>;
}

/** Puts the jobs together over their parts. No Electron here: tests compose the same over a simulated world. */
export function composeServices(parts: ServiceParts): ComposedServices {
  const { helperCalls, helper, carrier, catalog, logs, settings, passwords, shell, broadcast, report, now } = parts;
  const drawn = new DrawnCache(catalog);
  const announce = (topics: Topics): void => {
    drawn.invalidate();
    broadcast({ type: 'changed', topics: [...topics] });
  };
  const registryChanged = (removedId?: string): void =>
    void carrier.changed(helperCalls, removedId).catch((error) => report('noting what is registered', error));
  const access = new RepositoryAccess(helperCalls, passwords);
  const indexing = new FileIndexing({ catalog, access, report, onComplete: () => announce(['timeline']) });
  const runs: RunService = new RunService({
    logs,
    broadcast,
    newRunId,
    now,
    report,
    keep: (run) => catalog.putRuns([run]),
    onFinished: (run) => void afterRun(run),
    onActivity: (isActive) => {
      if (!isActive) return indexing.resume();
      indexing.pause();
      // A source that is being backed up says so.
      broadcast({ type: 'changed', topics: ['sources'] });
    },
  });
  const sync = new CatalogSync({ catalog, access, runs, logs, announce, report });
  const restores = new RestoreJobs({ access, catalog, runs });
  const sources = new SourceDirectory(access);

  async function afterRun(run: RunView): Promise<void> {
    announce(['runs', 'timeline', 'sources', 'repositories']);
    try {
      if (run.repositoryId !== null && run.outcome !== 'waiting') await sync.repository(run.repositoryId);
      indexing.kick();
      if (run.kind === 'restore' || run.kind === 'undo') await sync.restores();
    } catch (error) {
      report(`after: ${run.title}`, error);
    }
  }

  async function catchUp(): Promise<void> {
    try {
      await access.unlockAll();
      announce(['repositories', 'sources', 'timeline', 'runs']);
      await sync.all();
      indexing.kick();
    } catch (error) {
      report('filling the local index', error);
    }
  }

  return {
    access,
    announce,
    catalog,
    catchUp,
    drawn,
    helper,
    indexing,
    logs,
    now,
    passwords,
    registryChanged,
    report,
    restores,
    runs,
    settings,
    shell,
    sources,
    sync,
  };
}

function newRunId(): RunId {
  return runIdSchema.parse(randomBytes(16).toString('hex'));
}
