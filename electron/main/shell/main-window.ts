import { BrowserWindow, nativeTheme, screen } from 'electron';
import { openingBounds, type Rectangle, smallestSize } from './window-bounds.ts';

export interface WindowPlace {
  readonly bounds: Rectangle | null;
  readonly maximized: boolean;
}

export interface MainWindowOptions {
  readonly preload: string;
  readonly place: WindowPlace;
  /** Told when the window was moved, resized or maximized, and has come to rest. */
  readonly onPlace: (place: WindowPlace) => void;
  readonly onLog: (line: string) => void;
}

/** Surface colours of the two themes, so that nothing flashes before the page has drawn. */
const surface = { light: '#f6f7f9', dark: '#12161c' };

const restMs = 500;

export interface MainWindow {
  readonly window: BrowserWindow;
  /** Tells of the place now, without waiting for the window to rest. */
  readonly tellPlace: () => void;
  /** The same, and nothing is told afterwards. */
  readonly leavePlace: () => void;
}

/** The app's one window, not shown before its page can be drawn. */
export function createMainWindow({ preload, place, onPlace, onLog }: MainWindowOptions): MainWindow {
  const workAreas = screen.getAllDisplays().map(({ workArea }) => workArea);
  const window = new BrowserWindow({
    ...openingBounds(place.bounds, workAreas),
    minWidth: smallestSize.width,
    minHeight: smallestSize.height,
    show: false,
    title: 'Stillpoint',
    backgroundColor: backgroundColor(),
    autoHideMenuBar: true,
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    },
  });
  if (place.maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  const { tellPlace, leavePlace } = keepPlace(window, onPlace);
  const followTheme = (): void => window.setBackgroundColor(backgroundColor());
  nativeTheme.on('updated', followTheme);
  window.once('closed', () => nativeTheme.off('updated', followTheme));
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    onLog(`window: its page is gone: ${reason}`);
    if (reason !== 'clean-exit' && !window.isDestroyed()) window.webContents.reload();
  });
  return { window, tellPlace, leavePlace };
}

function backgroundColor(): string {
  return nativeTheme.shouldUseDarkColors ? surface.dark : surface.light;
}

function keepPlace(
  window: BrowserWindow,
  onPlace: (place: WindowPlace) => void,
): Pick<MainWindow, 'tellPlace' | 'leavePlace'> {
  let timer: NodeJS.Timeout | undefined;
  let isLeft = false;
  const tell = (): void => {
    clearTimeout(timer);
    if (isLeft || window.isDestroyed() || window.isMinimized() || window.isFullScreen()) return;
    onPlace({ bounds: window.getNormalBounds(), maximized: window.isMaximized() });
  };
  const later = (): void => {
    clearTimeout(timer);
    timer = setTimeout(tell, restMs);
  };
  window.on('resize', later);
  window.on('move', later);
  window.on('maximize', later);
  window.on('unmaximize', later);
  const leavePlace = (): void => {
    tell();
    isLeft = true;
  };
  return { tellPlace: tell, leavePlace };
}
