import type { ShellPort } from '../ipc/services.ts';
import type { Notice, Place } from '../jobs/notices/notice.ts';
import type { TrayModel } from '../jobs/tray-model.ts';

/** A desktop that remembers what it was shown. */
export function simulatedDesktop() {
  const desktop = {
    hasTray: true,
    tray: undefined as TrayModel | undefined,
    /** What stands there now. */
    notices: new Map<string, Notice>(),
    /** Titles of what popped up, in order; what was changed quietly did not. */
    told: [] as string[],
    opened: [] as (Place | null)[],
    ejected: [] as string[],
    /** What ejecting comes to. */
    eject: { safeToUnplug: true, text: '' },
    atLogin: false,
  };
  const shell: Pick<ShellPort, 'autostart' | 'eject' | 'hasTray' | 'notifier' | 'open' | 'showTray'> = {
    autostart: {
      isSet: async () => desktop.atLogin,
      isUndecided: async () => !desktop.atLogin,
      set: async (isWanted) => {
        desktop.atLogin = isWanted;
      },
    },
    get hasTray() {
      return desktop.hasTray;
    },
    showTray: (model) => {
      desktop.tray = model;
    },
    notifier: {
      show: (notice, isQuiet) => {
        desktop.notices.set(notice.id, notice);
        if (!isQuiet) desktop.told.push(notice.title);
      },
      withdraw: (id) => void desktop.notices.delete(id),
    },
    eject: async (mountPoint) => {
      desktop.ejected.push(mountPoint);
      return desktop.eject;
    },
    open: (place) => void desktop.opened.push(place),
  };
  return Object.assign(desktop, { shell });
}
