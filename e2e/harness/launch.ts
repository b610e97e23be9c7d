import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ElectronApplication, _electron as electron, type Page } from '@playwright/test';
import { asUser } from './as-user.ts';
import { readableTree, root } from './tree.ts';
import type { World } from './world.ts';

export interface RunningApp {
  readonly app: ElectronApplication;
  readonly page: Page;
  /** Quits the app as a person would and waits until it is gone. */
  close(): Promise<void>;
}

export interface LaunchOptions {
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * Starts the real app in this world, as its user, with Chromium's sandbox on and a session bus of its own. Where specs
 * run as root the program that Playwright starts is a two-line script which gives up root before anything else.
 */
export async function launch(world: World, options: LaunchOptions = {}): Promise<RunningApp> {
  const tree = readableTree(world.user);
  const scratch = mkdtempSync(join(tmpdir(), 'stillpoint-launch-'));
  chmodSync(scratch, 0o755);
  const program = join(scratch, 'app');
  const binary = join(tree.path, 'node_modules/electron/dist/electron');
  const command = asUser(world.user, ['dbus-run-session', '--', binary]);
  writeFileSync(program, `#!/bin/sh\nexec ${command.map(quoted).join(' ')} "$@"\n`, { mode: 0o755 });
  const clean = (): void => {
    rmSync(scratch, { recursive: true, force: true });
    tree.release();
  };
  try {
    const app = await electron.launch({
      executablePath: program,
      args: [tree.path, ...(options.args ?? [])],
      cwd: world.home,
      chromiumSandbox: true,
      env: { ...world.environment, ...options.environment },
      timeout: 60_000,
    });
    const page = await app.firstWindow();
    return {
      app,
      page,
      close: async () => {
        await app.close();
        clean();
      },
    };
  } catch (error) {
    clean();
    throw error;
  }
}

export { root };

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
