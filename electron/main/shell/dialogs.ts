import { type BrowserWindow, dialog, shell } from 'electron';

// `dialog` is asked by its name each time, so that a test can put its own answer in its place.

/** Null: the user closed it. */
export async function pickFolder(
  window: BrowserWindow | undefined,
  title: string,
  startAt: string | undefined,
): Promise<string | null> {
  const options: Electron.OpenDialogOptions = {
    title,
    properties: ['openDirectory', 'createDirectory', 'showHiddenFiles'],
    ...(startAt === undefined ? {} : { defaultPath: startAt }),
  };
  const { canceled, filePaths } = window
    ? await dialog.showOpenDialog(window, options)
    : await dialog.showOpenDialog(options);
  return canceled ? null : (filePaths[0] ?? null);
}

/** Null: the user closed it. The desktop's dialog asks before it names a file that exists. */
export async function pickFileToSave(
  window: BrowserWindow | undefined,
  title: string,
  suggested: string,
): Promise<string | null> {
  const options: Electron.SaveDialogOptions = {
    title,
    defaultPath: suggested,
    properties: ['createDirectory', 'showOverwriteConfirmation'],
  };
  const { canceled, filePath } = window
    ? await dialog.showSaveDialog(window, options)
    : await dialog.showSaveDialog(options);
  return canceled || filePath === '' ? null : filePath;
}

/** Whether to leave although something is under way. Without a window that is shown the question stands alone. */
export async function confirmLeaving(window: BrowserWindow | undefined, what: string): Promise<boolean> {
  const options: Electron.MessageBoxOptions = {
    type: 'question',
    message: `${what} is not finished.`,
    detail: 'It will be stopped. What was already stored is kept, and the next run continues from it.',
    buttons: ['Keep Running', 'Stop and Quit'],
    defaultId: 0,
    cancelId: 0,
  };
  const { response } = window ? await dialog.showMessageBox(window, options) : await dialog.showMessageBox(options);
  return response === 1;
}

export interface KeepRunningAnswer {
  readonly keepRunning: boolean;
  /** Do the same from now on, without asking. */
  readonly remember: boolean;
}

/** Whether to go on without the window; null: neither, it stays open. */
export async function askKeepRunning(window: BrowserWindow | undefined): Promise<KeepRunningAnswer | null> {
  const options: Electron.MessageBoxOptions = {
    type: 'question',
    message: 'Keep making backups in the background?',
    detail: 'Start Stillpoint again to see this window.',
    buttons: ['Keep Running', 'Quit', 'Cancel'],
    defaultId: 0,
    cancelId: 2,
    checkboxLabel: 'Do not ask again',
  };
  const { response, checkboxChecked } = window
    ? await dialog.showMessageBox(window, options)
    : await dialog.showMessageBox(options);
  if (response > 1) return null;
  return { keepRunning: response === 0, remember: checkboxChecked };
}

/** Something the user should know and need not answer. */
export function tell(message: string): void {
  void dialog.showMessageBox({ type: 'warning', message, buttons: ['OK'] });
}

/** Resolves with what went wrong; empty when the file manager was started. */
export function openInFileManager(path: string): Promise<string> {
  return shell.openPath(path);
}
