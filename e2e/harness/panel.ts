import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { asUser } from './as-user.ts';
import { endProcess } from './end-process.ts';
import type { SessionBus } from './session-bus.ts';
import { hasTrayHost } from './tray-item.ts';
import { root } from './tree.ts';
import type { UserBus } from './user-bus.ts';
import type { World } from './world.ts';

/** A real panel on the world's display and session bus: xfce4-panel, whose tray is a StatusNotifierHost. */
export async function startPanel(world: World, bus: SessionBus, eyes: UserBus): Promise<{ stop(): Promise<void> }> {
  const [program = '', ...args] = asUser(world.user, ['xfce4-panel', '--disable-wm-check']);
  const env = { ...world.environment, DBUS_SESSION_BUS_ADDRESS: bus.address };
  const panel = spawn(program, args, { cwd: '/', env, stdio: 'ignore' });
  try {
    await expect.poll(() => hasTrayHost(eyes), { timeout: 30_000 }).toBe(true);
  } catch (error) {
    await endProcess(panel);
    throw error;
  }
  return { stop: () => endProcess(panel) };
}

/** The whole display, for a person to look at. */
export function keepDisplay(name: string): string {
  const folder = join(root, 'out/e2e/screens');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.png`);
  execFileSync('import', ['-window', 'root', path]);
  return path;
}
