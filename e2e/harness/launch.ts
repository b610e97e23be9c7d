import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ElectronApplication, _electron as electron, type Page } from '@playwright/test';
import { asUser } from './as-user.ts';
import { answerQuestions } from './dialogs.ts';
import { withPatience } from './patient-evaluate.ts';
import { startSessionBus } from './session-bus.ts';
import { readableTree } from './tree.ts';
import type { World } from './world.ts';

export interface RunningApp extends RunningProcess {
  readonly page: Page;
}

/** The app, whether it shows a window or not. */
export interface RunningProcess {
  readonly app: ElectronApplication;
  /** The app's main process. */
  readonly pid: number;
  /** Quits the app as a person would, also out of what is under way, and waits until it is gone. */
  close(): Promise<void>;
  /** Starts the app once more beside this one, as a person does; resolves with the exit code of that start. */
  startAgain(): Promise<number | null>;
  /** The same, as a login does. */
  loginAgain(): Promise<number | null>;
}

export interface LaunchOptions {
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Address of a session bus that outlives the app; without it the app gets one of its own. */
  readonly bus?: string;
  /** Instead of the app as built in the tree. */
  readonly packaged?: { readonly program: string };
}

/** The second button of the app's question whether to leave although something is under way. */
const stopAndQuit = 1;
const quitPatienceMs = 30_000;

/**
 * Starts the real app in this world, as its user, with Chromium's sandbox on. Where specs run as root the program that
 * Playwright starts is a two-line script which gives up root before anything else.
 */
export async function launch(world: World, options: LaunchOptions = {}): Promise<RunningApp> {
  const running = await launchProcess(world, options);
  try {
    return { ...running, page: await running.app.firstWindow() };
  } catch (error) {
    await running.close();
    throw error;
  }
}

/** As a login starts it: without a window. */
export function launchHidden(world: World, options: LaunchOptions = {}): Promise<RunningProcess> {
  return launchProcess(world, { ...options, args: ['--hidden', ...(options.args ?? [])] });
}

async function launchProcess(world: World, options: LaunchOptions): Promise<RunningProcess> {
  const undo: (() => unknown)[] = [];
  const clean = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const tree = readableTree(world.user);
    undo.push(tree.release);
    const scratch = mkdtempSync(join(tmpdir(), 'stillpoint-launch-'));
    undo.push(() => rmSync(scratch, { recursive: true, force: true }));
    chmodSync(scratch, 0o755);
    const program = join(scratch, 'app');
    const { packaged } = options;
    const ours = packaged === undefined ? join(tree.path, 'node_modules/electron/dist/electron') : packaged.program;
    const command = asUser(world.user, [ours]);
    writeFileSync(program, `#!/bin/sh\nexec ${command.map(quoted).join(' ')} "$@"\n`, { mode: 0o755 });
    let address = options.bus;
    if (address === undefined) {
      const bus = await startSessionBus(world);
      undo.push(bus.stop);
      address = bus.address;
    }
    const env = { ...world.environment, DBUS_SESSION_BUS_ADDRESS: address, ...options.environment };
    const args = [...(packaged === undefined ? [tree.path] : []), ...(options.args ?? [])];
    const app = withPatience(
      await electron.launch({
        executablePath: program,
        args,
        cwd: world.home,
        chromiumSandbox: true,
        env,
        timeout: 60_000,
      }),
    );
    const another = (given: readonly string[]): Promise<number | null> =>
      new Promise((resolve, reject) => {
        const again = spawn(program, given, { cwd: world.home, env, stdio: 'ignore' });
        again.on('error', reject);
        again.on('exit', (code) => resolve(code));
      });
    const child = app.process();
    undo.push(() => gone(child));
    return {
      app,
      pid: child.pid ?? -1,
      close: async () => {
        if (child.exitCode === null && child.signalCode === null) await quit(app);
        await clean();
      },
      startAgain: () => another(args.filter((each) => each !== '--hidden')),
      loginAgain: () => another([...args, '--hidden']),
    };
  } catch (error) {
    await clean();
    throw error;
  }
}

async function quit(app: ElectronApplication): Promise<void> {
  await answerQuestions(app, stopAndQuit);
  const timer = setTimeout(() => app.process().kill('SIGKILL'), quitPatienceMs);
  await app.close();
  clearTimeout(timer);
}

function gone(child: ChildProcess): Promise<unknown> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once('exit', resolve));
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
