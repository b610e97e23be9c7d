import { stat } from 'node:fs/promises';
import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { app, type BrowserWindow, nativeTheme, session } from 'electron';
import { StillpointError } from '../../shared/errors/index.ts';
import { type AppEvent, eventChannel } from '../../shared/ipc/events.ts';
import { RunLogs } from '../schedule/run-logs/run-logs.ts';
import { catalogClient } from './catalog-client/catalog-client.ts';
import { startCatalogProcess } from './catalog-client/catalog-process.ts';
import { CatalogConnection } from './catalog-client/connection.ts';
import { helperChoice } from './command-line.ts';
import { composeServices } from './compose-services.ts';
import { BoundedLog } from './helper-client/bounded-log.ts';
import { restartDelay } from './helper-client/restart-policy.ts';
import { supervisorFor } from './helper-supervisor.ts';
import { allHandlers } from './ipc/all-handlers.ts';
import { serveWindow } from './ipc/serve.ts';
import type { ShellPort } from './ipc/services.ts';
import { RegistryCarrier } from './jobs/registry-carrier.ts';
import { leaveWhenAsked } from './leave.ts';
import { rememberedRights } from './rights.ts';
import { writeChunks } from './save-file.ts';
import type { AppFolders } from './settings/app-folders.ts';
import { writeFileDurably } from './settings/durable-file.ts';
import { PasswordStore } from './settings/password-store.ts';
import { registryNotesFile } from './settings/registry-notes-file.ts';
import { RightsWish } from './settings/rights-wish.ts';
import { safeStorageEncryption } from './settings/safe-storage.ts';
import { SettingsStore } from './settings/settings-store.ts';
import { windowStateFile } from './settings/window-state.ts';
import { openInFileManager, pickFileToSave, pickFolder, tell } from './shell/dialogs.ts';
import { denyPermissions, guardDevelopmentPage } from './shell/lock-down.ts';
import { createMainWindow } from './shell/main-window.ts';
import { installMenu } from './shell/menu.ts';
import { pageAddress, pageOrigin, servePage } from './shell/page.ts';
import { externalDisks } from './shell/places.ts';
import { printPdf } from './shell/print-pdf.ts';
import { makeRecoverySheet } from './shell/recovery-sheet.ts';

const logBytes = 1024 * 1024;

/** Everything from an app that is ready to a window that shows. `built`: the folder of the built main process. */
export async function start(folders: AppFolders, built: string): Promise<void> {
  const now = (): number => Date.now();
  const log = new BoundedLog(join(folders.state, 'main.log'), logBytes, now);
  const report = (what: string, error: unknown): void =>
    log.line(`${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  process.on('unhandledRejection', (error) => report('unhandled', error));

  let window: BrowserWindow | undefined;
  const broadcast = (event: AppEvent): void => {
    if (window && !window.isDestroyed()) window.webContents.send(eventChannel, event);
  };

  const settings = new SettingsStore(join(folders.config, 'settings.json'), now);
  const passwords = new PasswordStore(join(folders.config, 'secrets.json'), safeStorageEncryption(), now);
  const wish = new RightsWish(join(folders.config, 'rights.json'), now);
  const windowState = windowStateFile(join(folders.state, 'window.json'), now);
  const logs = new RunLogs(join(folders.state, 'runs'));
  const [settingsProblem, passwordsProblem, mayAskAgain, place] = await Promise.all([
    settings.load(),
    passwords.load(),
    wish.load(),
    windowState.load(),
    logs.prepare(),
  ]);
  nativeTheme.themeSource = settings.current.theme;
  settings.onChange = ({ theme }) => {
    nativeTheme.themeSource = theme;
    broadcast({ type: 'changed', topics: ['settings'] });
  };

  const connection = new CatalogConnection({
    start: startCatalogProcess(join(built, 'catalog.js'), join(folders.data, 'catalog.sqlite')),
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
  const shell: ShellPort = {
    version: app.getVersion(),
    hostname: hostname(),
    homePath: homedir(),
    runsAsRoot: process.geteuid?.() === 0,
    pickFolder: (title, startAt) => pickFolder(window, title, startAt),
    pickFileToSave: (title, name) => pickFileToSave(window, title, join(app.getPath('documents'), name)),
    openFolder,
    disks: externalDisks,
    writeFile: writeFileDurably,
    writeChunks,
    recoverySheet: (repository, keys) =>
      makeRecoverySheet(repository, {
        ...keys,
        pickPath: (name) => pickFileToSave(window, 'Save the recovery sheet', join(app.getPath('documents'), name)),
        printPdf,
        writeFile: writeFileDurably,
        hostname: hostname(),
        now,
      }),
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
    broadcast,
    report,
    now,
  });

  const developmentServer = process.env.ELECTRON_RENDERER_URL;
  const origin = developmentServer ?? pageOrigin;
  denyPermissions(session.defaultSession);
  if (developmentServer === undefined) servePage(session.defaultSession, join(built, '..', 'renderer'));
  else guardDevelopmentPage(session.defaultSession, developmentServer);
  serveWindow(
    allHandlers(services),
    () => (window && !window.isDestroyed() ? { webContentsId: window.webContents.id, origin } : undefined),
    report,
  );

  connection.start();
  void supervisor
    .start()
    .then(() => {
      const isAsked = choice.kind === 'pkexec' || (choice.kind === 'auto' && mayAskAgain);
      if (isAsked && supervisor.state.canAskForRights) return helper.requestRights();
      return undefined;
    })
    .catch((error) => report('rights', error));

  const main = createMainWindow({
    preload: join(built, '..', 'preload', 'index.cjs'),
    place: place.value,
    onPlace: (moved) => void windowState.save({ version: 1, ...moved }).catch((error) => report('window place', error)),
    onLog: (line) => log.line(line),
  });
  window = main.window;
  installMenu(window, (command) => broadcast({ type: 'command', command }));
  app.on('second-instance', () => raise(window));
  leaveWhenAsked(window, {
    onLeaving: main.leavePlace,
    underWay: () => services.runs.active.at(0)?.title,
    shutDown: async () => {
      services.indexing.stop();
      services.runs.cancelAll();
      await Promise.race([services.runs.idle(), new Promise((resolve) => setTimeout(resolve, 15_000))]);
      await supervisor.stop();
      connection.stop();
      await Promise.all([
        settings.settled(),
        passwords.settled(),
        windowState.settled(),
        notes.settled(),
        log.flushed(),
      ]);
    },
  });
  await window.loadURL(developmentServer ?? pageAddress).catch((error) => report('loading the page', error));
  for (const problem of [settingsProblem, passwordsProblem]) if (problem) tell(problem);
}

function raise(window: BrowserWindow | undefined): void {
  if (!window || window.isDestroyed()) return;
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
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
