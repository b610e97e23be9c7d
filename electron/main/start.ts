import { stat } from 'node:fs/promises';
import { homedir, hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { app, nativeTheme, session } from 'electron';
import { StillpointError } from '../../shared/errors/index.ts';
import type { AppEvent } from '../../shared/ipc/events.ts';
import { RunLogs } from '../schedule/run-logs/run-logs.ts';
import { catalogClient } from './catalog-client/catalog-client.ts';
import { startCatalogProcess } from './catalog-client/catalog-process.ts';
import { CatalogConnection } from './catalog-client/connection.ts';
import { argumentsWithKeyring, helperChoice, hiddenSwitch, startsHidden } from './command-line.ts';
import { composeServices } from './compose-services.ts';
import { BoundedLog } from './helper-client/bounded-log.ts';
import { restartDelay } from './helper-client/restart-policy.ts';
import { supervisorFor } from './helper-supervisor.ts';
import { hintsFile } from './hints-file.ts';
import { allHandlers } from './ipc/all-handlers.ts';
import { serveWindow } from './ipc/serve.ts';
import type { ShellPort } from './ipc/services.ts';
import type { Place } from './jobs/notices/notice.ts';
import { RegistryCarrier } from './jobs/registry-carrier.ts';
import type { TrayAction } from './jobs/tray-model.ts';
import type { LaterStarts } from './later-starts.ts';
import { leaveInOrder } from './leave.ts';
import { rememberedRights } from './rights.ts';
import { writeChunks } from './save-file.ts';
import { AlertFiles } from './settings/alert-files.ts';
import type { AppFolders } from './settings/app-folders.ts';
import { careFile } from './settings/care-file.ts';
import { dismissedNoticesFile } from './settings/dismissed-notices-file.ts';
import { writeFileDurably } from './settings/durable-file.ts';
import { PasswordStore } from './settings/password-store.ts';
import { registryNotesFile } from './settings/registry-notes-file.ts';
import { RightsWish } from './settings/rights-wish.ts';
import { safeStorageEncryption } from './settings/safe-storage.ts';
import { SettingsStore } from './settings/settings-store.ts';
import { usableFolder } from './settings/usable-folder.ts';
import { windowStateFile } from './settings/window-state.ts';
import { autostart } from './shell/autostart/autostart.ts';
import { ownCommand, type RunningApp } from './shell/autostart/own-command.ts';
import { joinDesktop } from './shell/desktop.ts';
import { askKeepRunning, openInFileManager, pickFileToSave, pickFolder, tell } from './shell/dialogs.ts';
import { watchKeyring } from './shell/keyring/watch-keyring.ts';
import { denyPermissions, guardDevelopmentPage } from './shell/lock-down.ts';
import { keepAwake } from './shell/machine/keep-awake.ts';
import { watchMachine } from './shell/machine/watch-machine.ts';
import { createMainWindow } from './shell/main-window.ts';
import { installMenu, showMenuOnF10 } from './shell/menu.ts';
import { pageAddress, pageOrigin, servePage } from './shell/page.ts';
import { externalDisks } from './shell/places.ts';
import { printPdf } from './shell/print-pdf.ts';
import { makeRecoverySheet } from './shell/recovery-sheet.ts';
import { whatClosingDoes } from './shell/window/closing.ts';
import { WindowKeeper } from './shell/window/window-keeper.ts';

const logBytes = 1024 * 1024;

export interface StartOptions {
  /** The keyring is locked and this start does without it: another takes its place before a window shows. */
  readonly leavesKeyring: boolean;
  readonly laterStarts: LaterStarts;
}

/**
 * Everything from an app that is ready to a window that shows. `built`: the folder of the built main process. Rejects only
 * where there can be no window; what cannot be kept on this disk is told in it.
 */
export async function start(folders: AppFolders, built: string, options: StartOptions): Promise<void> {
  const { leavesKeyring, laterStarts } = options;
  const now = (): number => Date.now();
  const log = new BoundedLog(join(folders.state, 'main.log'), logBytes, now);
  const report = (what: string, error: unknown): void =>
    log.line(`${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  process.on('unhandledRejection', (error) => report('unhandled', error));

  /** Told of everything that is pushed to the window, whether there is one or not. */
  const broadcast = (event: AppEvent): void => {
    awake.set(services.runs.active.some(({ kind }) => kind === 'backup'));
    window.send(event);
  };

  const settings = new SettingsStore(join(folders.config, 'settings.json'), now);
  const encryption = safeStorageEncryption();
  const passwords = new PasswordStore(join(folders.config, 'secrets.json'), encryption, now);
  const alerts = new AlertFiles(folders, encryption, now);
  const wish = new RightsWish(join(folders.config, 'rights.json'), now);
  const windowState = windowStateFile(join(folders.state, 'window.json'), now);
  const care = careFile(join(folders.config, 'repository-care.json'), now);
  const hints = hintsFile(join(folders.state, 'hints.json'), now);
  const dismissed = dismissedNoticesFile(join(folders.state, 'dismissed-notices.json'), now);
  const runsFolder = join(folders.state, 'runs');
  const logs = new RunLogs(runsFolder);
  const [
    settingsProblem,
    passwordsProblem,
    alertsProblem,
    mayAskAgain,
    place,
    dismissedBefore,
    careBefore,
    logsProblem,
  ] = await Promise.all([
    settings.load(),
    passwords.load(),
    alerts.load(),
    wish.load(),
    windowState.load(),
    dismissed.load(),
    care.load(),
    logs.prepare().catch((error) => notKeptWords(folders.state, error)),
  ]);
  nativeTheme.themeSource = settings.current.theme;
  settings.onChange = ({ theme }) => {
    nativeTheme.themeSource = theme;
    broadcast({ type: 'changed', topics: ['settings'] });
  };

  // It can be lost: everything in it can be had again.
  const data = usableFolder(folders.data, process.env.XDG_RUNTIME_DIR);
  const connection = new CatalogConnection({
    start: startCatalogProcess(join(built, 'catalog.js'), join(data, 'catalog.sqlite')),
    onOpened: () => void services.catchUp(),
    restartDelay,
    log: (line) => log.line(line),
    now,
  });
  const choice = helperChoice(process.argv);
  const notes = registryNotesFile(join(folders.config, 'registry-notes.json'), now);
  const carrier = new RegistryCarrier({
    load: async () => (await notes.load()).value.notes,
    save: (kept) => notes.save({ version: 1, notes: kept }),
  });
  const supervisor = supervisorFor(choice, {
    carrier,
    script: join(built, '..', 'helper', 'helper.js'),
    environment: process.env,
    logPath: join(folders.state, 'helper.log'),
    onState: (helper) => broadcast({ type: 'helper', helper }),
    onReady: () => void services.catchUp(),
    now,
  });
  const helper = rememberedRights(supervisor, wish);
  const onTrayAction = (action: TrayAction): void => {
    if (action.kind === 'quit') app.quit();
    else if (action.kind === 'open') open(action.place);
    else services.tray.act(action).catch((error) => report(`tray: ${action.kind}`, error));
  };
  const desktop = joinDesktop({
    environment: process.env,
    onTrayAction,
    onTrayPresence: () => broadcast({ type: 'changed', topics: ['schedule'] }),
    feedback: () => services.notices,
    log: (line) => log.line(line),
    report,
  });
  const login = autostart({
    configHome: dirname(folders.config),
    command: [...ownCommand(runningApp()), hiddenSwitch],
    writeFile: (path, text) => writeFileDurably(path, text, 0o644),
  });
  const shell: ShellPort = {
    version: app.getVersion(),
    hostname: hostname(),
    homePath: homedir(),
    runsAsRoot: process.geteuid?.() === 0,
    pickFolder: (title, startAt) => pickFolder(window.shown, title, startAt),
    pickFileToSave: (title, name) => pickFileToSave(window.shown, title, join(app.getPath('documents'), name)),
    openFolder,
    disks: externalDisks,
    writeFile: writeFileDurably,
    writeChunks,
    recoverySheet: (repository, keys) =>
      makeRecoverySheet(repository, {
        ...keys,
        pickPath: (name) =>
          pickFileToSave(window.shown, 'Save the recovery sheet', join(app.getPath('documents'), name)),
        printPdf,
        writeFile: writeFileDurably,
        hostname: hostname(),
        now,
      }),
    autostart: login,
    get hasTray() {
      return desktop.hasTray;
    },
    showTray: (model) => desktop.showTray(model),
    notifier: desktop.notifier,
    eject: (mountPoint) => desktop.eject(mountPoint),
    open,
  };
  const services = composeServices({
    helperCalls: supervisor,
    carrier,
    helper,
    catalog: catalogClient(connection),
    logs,
    settings,
    passwords,
    shell,
    scheduleFolder: join(folders.state, 'schedule'),
    runsFolder,
    dismissed: { file: dismissed, loaded: dismissedBefore.value },
    care: { file: care, loaded: careBefore.value },
    rememberedSources: async () => (await notes.load()).value.notes?.sources ?? [],
    alerts,
    broadcast,
    report,
    now,
  });

  const developmentServer = process.env.ELECTRON_RENDERER_URL;
  const origin = developmentServer ?? pageOrigin;
  denyPermissions(session.defaultSession);
  if (developmentServer === undefined) servePage(session.defaultSession, join(built, '..', 'renderer'));
  else guardDevelopmentPage(session.defaultSession, developmentServer);

  let { value: lastPlace } = place;
  const window = new WindowKeeper({
    make: () => {
      const main = createMainWindow({
        preload: join(built, '..', 'preload', 'index.cjs'),
        place: lastPlace,
        onPlace: (moved) => {
          lastPlace = { version: 1, ...moved };
          void windowState.save(lastPlace).catch((error) => report('window place', error));
        },
        onLog: (line) => log.line(line),
      });
      showMenuOnF10(main.window);
      return main;
    },
    load: (made) => made.loadURL(developmentServer ?? pageAddress).catch((error) => report('loading the page', error)),
    onClose: () => void closeWindow().catch((error) => report('closing the window', error)),
    mayGo: () => leaving.isOver(),
  });
  const handlers = allHandlers(services);
  serveWindow(
    {
      ...handlers,
      // The first thing a page asks, after it began to listen.
      'settings.get': (params) => {
        window.hears();
        return handlers['settings.get'](params);
      },
    },
    () => (window.window ? { webContentsId: window.window.webContents.id, origin } : undefined),
    report,
  );

  /** What is left for the moment in which somebody looks: questions, and what went wrong before. */
  let firstLook: (() => void) | undefined = () => {
    for (const problem of [settingsProblem, passwordsProblem, alertsProblem, careBefore.problem, logsProblem])
      if (problem) tell(problem);
    const isAsked = choice.kind === 'pkexec' || (choice.kind === 'auto' && mayAskAgain);
    void helperStarted.then(() => rightsFor(isAsked)).catch((error) => report('rights', error));
  };
  async function rightsFor(mayAsk: boolean): Promise<void> {
    if (supervisor.state.canAskForRights) await helper.requestRights({ mayAsk });
  }
  async function raise(): Promise<void> {
    if (leavesKeyring) return startAnew({ hidden: false });
    await window.raise();
    firstLook?.();
    firstLook = undefined;
  }
  function open(where: Place | null): void {
    const shown = where === null ? raise() : show(where);
    shown.catch((error) => report('showing the window', error));
  }
  let isMakingWay = false;
  /** With the keyring, which only a new process can have. Nothing of this one is lost: it knows no password. */
  async function startAnew({ hidden }: { readonly hidden: boolean }): Promise<void> {
    if (isMakingWay) return;
    isMakingWay = true;
    const { APPIMAGE: image } = process.env;
    const args = argumentsWithKeyring(process.argv, hidden);
    app.relaunch({ args, ...(image === undefined ? {} : { execPath: image }) });
    await leaving.quit();
  }
  async function show(where: Place): Promise<void> {
    // A page that is made now shows what was selected last.
    if (where.kind === 'source') await settings.change({ selectedSourceId: where.sourceId }).catch(() => undefined);
    window.lead({ type: 'open', place: where });
    await raise();
  }
  async function closeWindow(): Promise<void> {
    const { keepRunning, firstRunDone } = settings.current;
    const doing = whatClosingDoes({ keepRunning, hasTray: desktop.hasTray, hasWork: firstRunDone });
    if (doing === 'quit') return leaving.quit();
    if (doing === 'ask') {
      const answer = await askKeepRunning(window.shown);
      if (answer === null) return;
      // A wish that cannot be kept is no reason to stay.
      if (answer.remember)
        await settings
          .change({ keepRunning: answer.keepRunning })
          .catch((error) => report('keeping what closing does', error));
      if (!answer.keepRunning) return leaving.quit();
    }
    window.hide();
    if (doing === 'hide') await tellWhereItWent();
  }
  async function tellWhereItWent(): Promise<void> {
    const { value: told } = await hints.load();
    if (told.wentToTray || !desktop.hasTray) return;
    desktop.tellOnce('Stillpoint keeps making backups', 'Open it from its icon in the panel, or start it again.');
    await hints.save({ version: 1, wentToTray: true });
  }

  installMenu((command) => broadcast({ type: 'command', command }));
  const awake = keepAwake();
  const stopWatching = watchMachine({
    onChange: (what) => services.schedule.poke(what),
    onResume: () => services.schedule.resumed(),
    log: (line) => log.line(line),
  });
  const stopWatchingKeyring = leavesKeyring
    ? watchKeyring({
        environment: process.env,
        onState: (state) => {
          if (state === 'unlocked') void startAnew({ hidden: true });
        },
        log: (line) => log.line(line),
      })
    : () => undefined;
  const leaving = leaveInOrder({
    askIn: () => window.shown,
    onLeaving: () => window.leave(),
    underWay: () => services.runs.active.at(0)?.title,
    shutDown: async () => {
      stopWatching();
      stopWatchingKeyring();
      const leftDesktop = desktop.leave();
      services.indexing.stop();
      const idle = services.schedule.stop().then(() => {
        services.runs.cancelAll();
        return services.runs.idle();
      });
      services.runs.cancelAll();
      await Promise.race([idle, new Promise((resolve) => setTimeout(resolve, 15_000))]);
      awake.set(false);
      await supervisor.stop();
      connection.stop();
      await Promise.all([
        leftDesktop,
        settings.settled(),
        passwords.settled(),
        windowState.settled(),
        dismissed.settled(),
        care.settled(),
        alerts.settled(),
        notes.settled(),
        log.flushed(),
      ]);
    },
  });

  connection.start();
  const helperStarted = supervisor.start();
  services.schedule.start();
  laterStarts.lead(() => open(null));
  void login.repair().catch((error) => report('the autostart entry', error));
  // Nobody may be sitting there: what can be had without a question is taken.
  if (startsHidden(process.argv))
    void helperStarted.then(() => rightsFor(false)).catch((error) => report('rights', error));
  else await raise();
}

function notKeptWords(folder: string, error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? String(error);
  return `${folder} cannot be written (${code}). What happens in backups, and what is changed here, may be kept only until Stillpoint is closed.`;
}

function runningApp(): RunningApp {
  return {
    executable: process.execPath,
    isPackaged: app.isPackaged,
    appPath: app.getAppPath(),
    appImage: process.env.APPIMAGE,
  };
}

/** A folder and nothing else: the system would start a program that is named here. */
async function openFolder(path: string): Promise<void> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const problem = isFolder ? await openInFileManager(path) : 'there is no such folder';
  if (problem === '') return;
  throw new StillpointError({
    kind: 'bad-input',
    message: `${path} cannot be shown: ${problem}.`,
    guidance: 'Look whether it is still there, and whether a file manager is installed.',
    field: 'path',
  });
}
