import { app, type BrowserWindow, Menu, type MenuItemConstructorOptions } from 'electron';

/** What a menu or a shortcut asks of the page. */
export type MenuCommand = 'back-up-now' | 'restore' | 'search' | 'settings' | 'help' | 'refresh';

const words = {
  file: '&Stillpoint',
  backUpNow: '&Back Up Now',
  restore: '&Restore…',
  settings: '&Settings',
  quit: '&Quit',
  edit: '&Edit',
  view: '&View',
  search: '&Search',
  refresh: 'Re&fresh',
  help: '&Help',
};

/** The menu is hidden until F10 or Alt; its shortcuts work all the same. */
export function installMenu(send: (command: MenuCommand) => void): void {
  const command = (label: string, accelerator: string, name: MenuCommand): MenuItemConstructorOptions => ({
    label,
    accelerator,
    click: () => send(name),
  });
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      {
        label: words.file,
        submenu: [
          command(words.backUpNow, 'Ctrl+B', 'back-up-now'),
          command(words.restore, 'Ctrl+R', 'restore'),
          { type: 'separator' },
          command(words.settings, 'Ctrl+,', 'settings'),
          { type: 'separator' },
          { label: words.quit, accelerator: 'Ctrl+Q', click: () => app.quit() },
        ],
      },
      { label: words.edit, role: 'editMenu' },
      {
        label: words.view,
        submenu: [
          command(words.search, 'Ctrl+F', 'search'),
          command(words.refresh, 'F5', 'refresh'),
          { type: 'separator' },
          { role: 'resetZoom' },
          { role: 'zoomIn' },
          { role: 'zoomOut' },
          { role: 'togglefullscreen' },
        ],
      },
      { label: words.help, submenu: [command(words.help, 'F1', 'help')] },
    ]),
  );
}

export function showMenuOnF10(window: BrowserWindow): void {
  window.webContents.on('before-input-event', (event, input) => {
    if (input.type !== 'keyDown' || input.key !== 'F10') return;
    event.preventDefault();
    window.setMenuBarVisibility(!window.isMenuBarVisible());
  });
}
