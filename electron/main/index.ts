import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { app } from 'electron';
import { keyringSwitch, startsHidden } from './command-line.ts';
import { appFolders } from './settings/app-folders.ts';
import { secretStoreChoice } from './settings/secret-store-choice.ts';
import { lookAtKeyring } from './shell/keyring/watch-keyring.ts';
import { forbidLeaving } from './shell/lock-down.ts';
import { registerPageScheme } from './shell/page.ts';
import { start } from './start.ts';

// The composition root. What has to happen before Electron is ready happens here; `start.ts` does the rest.
app.setName('Stillpoint');
const folders = appFolders(process.env, homedir());
const browserState = join(folders.state, 'window');
mkdirSync(browserState, { recursive: true, mode: 0o700 });
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
  void app.whenReady().then(() => start(folders, import.meta.dirname, { leavesKeyring }));
} else {
  app.quit();
}
