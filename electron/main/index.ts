import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { app, dialog } from 'electron';
import { keyringSwitch, startsHidden } from './command-line.ts';
import { LaterStarts } from './later-starts.ts';
import { appFolders } from './settings/app-folders.ts';
import { secretStoreChoice } from './settings/secret-store-choice.ts';
import { usableFolder } from './settings/usable-folder.ts';
import { lookAtKeyring } from './shell/keyring/watch-keyring.ts';
import { forbidLeaving } from './shell/lock-down.ts';
import { registerPageScheme } from './shell/page.ts';
import { start } from './start.ts';

// The composition root. What has to happen before Electron is ready happens here; `start.ts` does the rest.
app.setName('Stillpoint');
const folders = appFolders(process.env, homedir());
const browserState = usableFolder(join(folders.state, 'window'), process.env.XDG_RUNTIME_DIR);
// Also where the lock of the single instance lies: one app per state folder.
app.setPath('userData', browserState);
app.setPath('sessionData', browserState);
const store = secretStoreChoice(
  {
    desktop: process.env.XDG_CURRENT_DESKTOP,
    runtimeFolder: process.env.XDG_RUNTIME_DIR,
    isToldAlready: app.commandLine.hasSwitch('password-store'),
  },
  existsSync,
);
const isStoreChosen = app.commandLine.hasSwitch('password-store');
/** A start at login waits so long for the keyring to say whether it is locked. Milliseconds. */
const keyringPatienceMs = 3_000;
/**
 * Chromium asks the keyring for its key at every start, and a locked one then asks its question. Nobody may be sitting
 * there after a login: such a start does without, and makes way for another when it is unlocked or somebody comes.
 */
const leavesKeyring =
  startsHidden(process.argv) &&
  !process.argv.includes(keyringSwitch) &&
  !isStoreChosen &&
  (await lookAtKeyring(process.env, keyringPatienceMs)) === 'locked';
if (leavesKeyring) app.commandLine.appendSwitch('password-store', 'basic');
else if (store !== undefined) app.commandLine.appendSwitch('password-store', store);
registerPageScheme();
forbidLeaving();

if (app.requestSingleInstanceLock()) {
  const laterStarts = new LaterStarts();
  app.on('second-instance', (_event, argv) => laterStarts.hear(argv));
  void app
    .whenReady()
    .then(() => start(folders, import.meta.dirname, { leavesKeyring, laterStarts }))
    .catch(giveUp);
} else {
  app.quit();
}

/** A process that stayed without a window would keep every later start from showing one. */
function giveUp(error: unknown): void {
  const what = error instanceof Error ? error.message : String(error);
  process.stderr.write(`Stillpoint cannot start: ${error instanceof Error ? error.stack : what}\n`);
  app.releaseSingleInstanceLock();
  // It stays until it is answered, and after a login nobody may be there.
  if (!startsHidden(process.argv)) dialog.showErrorBox('Stillpoint cannot start', what);
  app.exit(1);
}
