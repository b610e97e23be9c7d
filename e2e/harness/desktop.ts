import { type NotificationDaemon, startNotificationDaemon } from './notification-daemon.ts';
import { startPanel } from './panel.ts';
import { type SessionBus, startBareBus, startSessionBus } from './session-bus.ts';
import { joinBus, type UserBus } from './user-bus.ts';
import type { World } from './world.ts';

/** A desktop of a world: a session bus, and on it what the spec asks for. */
export interface Desktop {
  readonly bus: SessionBus;
  readonly eyes: UserBus;
  /** A panel with a tray; can be started anew after it was stopped. */
  startPanel(): Promise<{ stop(): Promise<void> }>;
  startNotifications(): Promise<NotificationDaemon>;
  stop(): Promise<void>;
}

/** `bare`: nothing is started on this bus by asking for it, as on a desktop that has none of it. */
export async function startDesktop(world: World, kind: 'usual' | 'bare' = 'usual'): Promise<Desktop> {
  const bus = await (kind === 'bare' ? startBareBus(world) : startSessionBus(world));
  const eyes = joinBus(world, bus);
  const running: { stop(): Promise<void> }[] = [eyes];
  const keep = <T extends { stop(): Promise<void> }>(part: T): T => {
    running.push(part);
    return part;
  };
  return {
    bus,
    eyes,
    startPanel: async () => keep(await startPanel(world, bus, eyes)),
    startNotifications: async () => keep(await startNotificationDaemon(world, bus, eyes)),
    stop: async () => {
      for (const part of running.reverse()) await part.stop();
      await bus.stop();
    },
  };
}
