import { randomBytes } from 'node:crypto';
import { type RunId, runIdSchema } from '../../shared/domain/ids.ts';
import type { Source } from '../../shared/domain/source.ts';
import type { AppEvent } from '../../shared/ipc/events.ts';
import type { RunView } from '../../shared/ipc/runs.ts';
import { type AlertAdapter, alertSender } from '../alerts/index.ts';
import { type RunLogs, Scheduler } from '../schedule/index.ts';
import type { HelperPort, Services, ShellPort } from './ipc/services.ts';
import { AlertDesk } from './jobs/alerts/alert-desk.ts';
import { AskedBackups } from './jobs/backup-job.ts';
import { CareBook } from './jobs/care/care-book.ts';
import { plannedCheck } from './jobs/care/planned-check.ts';
import { PlannedChecks } from './jobs/care/planned-checks.ts';
import type { Catalog } from './jobs/catalog-port.ts';
import { CatalogSync, type Topics } from './jobs/catalog-sync.ts';
import { noticeFeedback, trayActions } from './jobs/desktop-actions.ts';
import { DrawnCache } from './jobs/drawn-cache.ts';
import { Everyday } from './jobs/everyday.ts';
import { FileIndexing } from './jobs/file-indexing.ts';
import { Measurements } from './jobs/measurements.ts';
import { NoticeBoard } from './jobs/notices/notice-board.ts';
import type { HelperCalls } from './jobs/ports.ts';
import { QuietTimes } from './jobs/quiet-times.ts';
import type { RegistryCarrier } from './jobs/registry-carrier.ts';
import { RepositoryAccess } from './jobs/repository-access.ts';
import { RestoreJobs } from './jobs/restore-jobs.ts';
import { RunReports } from './jobs/run-reports.ts';
import { RunService } from './jobs/run-service.ts';
import { schedulerPorts } from './jobs/scheduler-ports.ts';
import { Scheduling } from './jobs/scheduling.ts';
import { SourceDirectory } from './jobs/source-directory.ts';
import { Trials } from './jobs/trials.ts';
import { Unplug } from './jobs/unplug.ts';
import { Views } from './jobs/views.ts';
import type { AlertFiles } from './settings/alert-files.ts';
import { Autostart } from './settings/autostart.ts';
import type { CareFile } from './settings/care-file.ts';
import type { DismissedNoticesFile } from './settings/dismissed-notices-file.ts';
import type { JsonFile } from './settings/json-file.ts';
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
  /** `${state}/schedule` and `${state}/runs`: shared with the command line. */
  readonly scheduleFolder: string;
  readonly runsFolder: string;
  readonly dismissed: { readonly file: JsonFile<DismissedNoticesFile>; readonly loaded: DismissedNoticesFile };
  /** Plans of checks, and the checks that were made. */
  readonly care: { readonly file: JsonFile<CareFile>; readonly loaded: CareFile };
  readonly alerts: Pick<AlertFiles, 'channels' | 'outboxFolder' | 'told' | 'toldBefore'>;
  /** Instead of the network's. */
  readonly alertAdapter?: AlertAdapter;
  /** The sources that a former start knew. */
  readonly rememberedSources?: () => Promise<readonly Source[]>;
  readonly broadcast: (event: AppEvent) => void;
  readonly report: (what: string, error: unknown) => void;
  readonly now: () => number;
}

export interface ComposedServices extends Services {
  readonly everyday: Everyday;
  readonly scheduler: Scheduler;
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
    everyday.changed();
  };
  const registryChanged = (removedId?: string): void => {
    void carrier.changed(helperCalls, removedId).catch((error) => report('noting what is registered', error));
    scheduler.poke('settings-changed');
  };
  const access = new RepositoryAccess(helperCalls, passwords);
  const indexing = new FileIndexing({ catalog, access, report, onComplete: () => announce(['timeline']) });
  const runs: RunService = new RunService({
    logs,
    broadcast,
    newRunId,
    now,
    report,
    keep: (run) => catalog.putRuns([run]),
    settle: (runId) => scheduler.settleRun(runId),
    wanted: (id) =>
      void access.call('repositories.want', { id }).catch((error) => report('wanting a repository', error)),
    onFinished: (run) => {
      const after = afterRun(run).finally(() => afterRuns.delete(after));
      afterRuns.add(after);
    },
    onActivity: (isActive) => {
      everyday.changed();
      if (!isActive) return indexing.resume();
      for (const { repositoryId } of runs.active) if (repositoryId !== null) unplug.used(repositoryId);
      indexing.pause();
      // A source that is being backed up says so.
      broadcast({ type: 'changed', topics: ['sources'] });
    },
  });
  const sync: CatalogSync = new CatalogSync({
    ...{ catalog, access, runs, logs, announce, report },
    onRead: () => everyday.changed(),
  });
  const restores = new RestoreJobs({ access, catalog, runs });
  const sources = new SourceDirectory(access, parts.rememberedSources);
  const afterRuns = new Set<Promise<void>>();
  const scheduler: Scheduler = new Scheduler({
    ports: schedulerPorts({
      access,
      sources,
      drawn,
      sync,
      runs,
      afterBackup: async (source, result) => {
        await Promise.all(afterRuns);
        await unplug.afterBackup(source, result);
      },
      isExpected: (id) => backups.isExpected(id),
      newRunId,
      now,
    }),
    folder: parts.scheduleFolder,
    runsFolder: parts.runsFolder,
    by: 'app',
    report,
  });
  const backups: AskedBackups = new AskedBackups(runs, access, scheduler, now);
  const care = new CareBook({
    loaded: parts.care.loaded.repositories,
    save: (repositories) => parts.care.file.save({ version: 1, repositories }),
    now,
  });
  const reports = new RunReports();
  const measurements = new Measurements(access, broadcast, now);
  const checks = new PlannedChecks({
    ...{ access, runs, scheduler, report, now },
    book: care,
    job: (repository) => plannedCheck(access, care, repository),
    changed: () => broadcast({ type: 'changed', topics: ['repositories'] }),
  });
  const scheduledStillPoints = (): boolean => helper.state.scheduledStillPoints;
  const trials = new Trials({
    access,
    sources,
    canFreeze: () => helper.state.canFreeze,
    changed: () => broadcast({ type: 'changed', topics: ['sources'] }),
  });
  const views = new Views({
    access,
    catalog,
    drawn,
    runs,
    sources,
    passwords,
    care,
    scheduler,
    scheduledStillPoints,
    quietTimes: new QuietTimes(access, now),
    trials,
    now,
  });
  const unplug: Unplug = new Unplug({
    access,
    runs,
    indexing,
    eject: (mountPoint) => shell.eject(mountPoint),
    owes: async ({ id, policy }) =>
      (await sources.listOrLastKnown()).some(
        (other) =>
          other.id !== id &&
          other.policy.repositoryId === policy.repositoryId &&
          scheduler.state(other.id)?.heldBack != null,
      ),
    changed: () => announce(['repositories']),
    now,
  });
  const board = new NoticeBoard({
    notifier: shell.notifier,
    dismissed: parts.dismissed.loaded.dismissed,
    keep: (dismissed) =>
      void parts.dismissed.file
        .save({ version: 1, dismissed: { ...dismissed } })
        .catch((error) => report('dismissed notices', error)),
  });
  const alerts = new AlertDesk({
    channels: parts.alerts.channels,
    outboxFolder: parts.alerts.outboxFolder,
    adapter: parts.alertAdapter ?? alertSender(),
    told: parts.alerts.toldBefore.told,
    keep: (told) => parts.alerts.told.save({ version: 1, told: { ...told } }),
    hostname: shell.hostname,
    changed: () => broadcast({ type: 'changed', topics: ['alerts'] }),
    report,
    now,
  });
  const everyday: Everyday = new Everyday({
    views,
    catalog,
    runs,
    sync,
    scheduler,
    unplug,
    board,
    showTray: (model) => shell.showTray(model),
    alerts,
    scheduledStillPoints,
    problem: () => (helper.state.state === 'unavailable' ? helper.state.explanation : ''),
    notifySuccess: () => settings.current.notifySuccess,
    report,
    now,
  });
  const autostart = new Autostart(shell.autostart, settings);
  const schedule = new Scheduling({
    scheduler,
    everyday,
    checks,
    alerts,
    autostart,
    shell,
    sources,
    broadcast,
    report,
  });
  const desktop = { board, backups, sources, scheduler, unplug, open: shell.open.bind(shell), report, now };

  async function afterRun(run: RunView): Promise<void> {
    announce(['runs', 'timeline', 'sources', 'repositories']);
    try {
      if (run.repositoryId !== null && run.outcome !== 'waiting') await sync.repository(run.repositoryId);
      if (run.kind === 'restore' || run.kind === 'undo') await sync.restores();
      everyday.ended(run);
      indexing.kick();
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
    scheduler.poke('asked');
  }

  return {
    access,
    alerts,
    announce,
    autostart,
    backups,
    care,
    catalog,
    catchUp,
    checks,
    drawn,
    everyday,
    helper,
    indexing,
    logs,
    measurements,
    notices: noticeFeedback(desktop),
    now,
    passwords,
    registryChanged,
    report,
    reports,
    restores,
    runs,
    schedule,
    scheduler,
    settings,
    shell,
    sources,
    sync,
    tray: { act: trayActions(desktop) },
    trials,
    unplug,
    views,
  };
}

function newRunId(): RunId {
  return runIdSchema.parse(randomBytes(16).toString('hex'));
}
