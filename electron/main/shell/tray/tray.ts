import { Menu, nativeImage, nativeTheme, Tray } from 'electron';
import type { TrayAction, TrayIcon, TrayModel } from '../../jobs/tray-model.ts';
import type { BusLink } from '../bus/bus-link.ts';
import { drawTrayIcon } from './icons/draw-tray-icon.ts';
import { panelTheme } from './panel-theme.ts';
import { registerAgain } from './register-again.ts';
import { watchTrayHost } from './tray-host.ts';
import { menuTemplate } from './tray-menu.ts';

export interface TrayOptions {
  readonly bus: BusLink;
  /** `XDG_CURRENT_DESKTOP`. */
  readonly desktop: string | undefined;
  readonly onAction: (action: TrayAction) => void;
  /** A panel came or went. */
  readonly onPresence: (isThere: boolean) => void;
  readonly log: (line: string) => void;
}

/** Our icon in the panel, while there is a panel. */
export interface TrayIconInPanel {
  readonly isThere: boolean;
  show(model: TrayModel): void;
  remove(): void;
}

/** Panels show 16 to 32 logical pixels; they scale down better than up. */
const iconPixels = 64;

export function trayInPanel({ bus, desktop, onAction, onPresence, log }: TrayOptions): TrayIconInPanel {
  let tray: Tray | undefined;
  let isThere = false;
  let model: TrayModel | undefined;
  let shownItems = '';
  let shownIcon = '';

  const draw = (): void => {
    if (!isThere || model === undefined) return;
    try {
      const theme = panelTheme(desktop, nativeTheme.shouldUseDarkColorsForSystemIntegratedUI);
      const icon = `${model.icon} ${theme}`;
      if (tray === undefined) {
        tray = new Tray(image(model.icon, theme));
        // Panels that know a plain click send it; the menu is for the others.
        tray.on('click', () => onAction({ kind: 'open', place: null }));
      } else if (icon !== shownIcon) {
        tray.setImage(image(model.icon, theme));
      }
      shownIcon = icon;
      tray.setToolTip(model.tooltip);
      const items = JSON.stringify(model.items);
      // A menu that is open closes when it is set anew.
      if (items !== shownItems) tray.setContextMenu(Menu.buildFromTemplate(menuTemplate(model.items, onAction)));
      shownItems = items;
    } catch (error) {
      log(`tray: ${String(error)}`);
    }
  };
  const unwatch = watchTrayHost(bus, (now) => {
    isThere = now;
    // The icon is kept where its panel goes: Chromium cannot make another one in the same process.
    const isKept = tray !== undefined;
    draw();
    if (now && isKept) registerAgain(bus, process.pid).catch((error) => log(`tray: ${String(error)}`));
    onPresence(now);
  });
  nativeTheme.on('updated', draw);
  return {
    get isThere() {
      return isThere;
    },
    show(next) {
      model = next;
      draw();
    },
    remove() {
      unwatch();
      nativeTheme.off('updated', draw);
      tray?.destroy();
      tray = undefined;
      isThere = false;
    },
  };
}

function image(icon: TrayIcon, theme: 'light' | 'dark'): Electron.NativeImage {
  const buffer = Buffer.from(drawTrayIcon(icon, iconPixels, theme));
  return nativeImage.createFromBitmap(buffer, { width: iconPixels, height: iconPixels });
}
