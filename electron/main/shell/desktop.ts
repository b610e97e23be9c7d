import type { NoticeFeedback, NotifierPort } from '../jobs/notices/notice.ts';
import type { TrayAction, TrayModel } from '../jobs/tray-model.ts';
import { drawAppIcon } from './app-icon/draw-app-icon.ts';
import { sessionBusAddress, systemBusAddress } from './bus/bus-address.ts';
import { BusLink } from './bus/bus-link.ts';
import { type EjectOutcome, ejectDisk } from './eject/eject.ts';
import { Udisks } from './eject/udisks.ts';
import { usersOfDevices } from './eject/users-of-device.ts';
import { usersOfMount } from './eject/users-of-mount.ts';
import { NotificationService } from './notifications/notification-service.ts';
import { feedbackTo, notifierOver } from './notifications/notifier.ts';
import { type TrayIconInPanel, trayInPanel } from './tray/tray.ts';

export interface DesktopOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly onTrayAction: (action: TrayAction) => void;
  readonly onTrayPresence: (isThere: boolean) => void;
  /** Asked for when something is reported, which is after everything was put together. */
  readonly feedback: () => NoticeFeedback;
  readonly log: (line: string) => void;
  readonly report: (what: string, error: unknown) => void;
}

/** What the desktop around the app offers: a tray, notifications, ejecting disks. Each may be missing. */
export interface Desktop {
  readonly hasTray: boolean;
  showTray(model: TrayModel): void;
  readonly notifier: NotifierPort;
  /** Tells something that is no notice of the jobs: it leads nowhere but to the window. */
  readonly tellOnce: (title: string, body: string) => void;
  eject(mountPoint: string): Promise<EjectOutcome>;
  /** Takes away everything that would lead nowhere without us. Never rejects. */
  leave(): Promise<void>;
}

const hintKey = 'hint';
const pictureSize = 48;
/** What is gone with us must not hold us up. Milliseconds. */
const leavingMs = 2_000;

export function joinDesktop(options: DesktopOptions): Desktop {
  const { environment, onTrayAction, onTrayPresence, feedback, log, report } = options;
  const sessionBus = new BusLink({ address: () => sessionBusAddress(environment), log });
  const systemBus = new BusLink({ address: () => systemBusAddress(environment), log });
  const back = feedbackTo(
    {
      act: (id, action) => feedback().act(id, action),
      dismiss: (id) => feedback().dismiss(id),
    },
    report,
  );
  const notifications = new NotificationService(
    sessionBus,
    {
      onAction: (key, action) =>
        key === hintKey ? onTrayAction({ kind: 'open', place: null }) : back.onAction(key, action),
      onDismissed: (key) => key === hintKey || back.onDismissed(key),
    },
    log,
    { size: pictureSize, pixels: drawAppIcon(pictureSize) },
  );
  const tray: TrayIconInPanel = trayInPanel({
    bus: sessionBus,
    desktop: environment.XDG_CURRENT_DESKTOP,
    onAction: onTrayAction,
    onPresence: onTrayPresence,
    log,
  });
  const udisks = new Udisks(systemBus);
  sessionBus.start();
  systemBus.start();
  return {
    get hasTray() {
      return tray.isThere;
    },
    showTray: (model) => tray.show(model),
    notifier: notifierOver(notifications),
    tellOnce: (title, body) =>
      notifications.show(hintKey, { title, body, urgency: 'low', actions: [], stays: false }, false),
    eject: (mountPoint) => ejectDisk(mountPoint, { udisks, usersOf: usersOfMount, usersOfDevices }),
    leave: async () => {
      tray.remove();
      await Promise.race([notifications.withdrawAll(), new Promise((resolve) => setTimeout(resolve, leavingMs))]);
      sessionBus.stop();
      systemBus.stop();
    },
  };
}
