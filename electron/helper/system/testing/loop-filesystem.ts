import { type ChildProcess, spawn } from 'node:child_process';
import { truncateSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { processAbilities } from '../capabilities.ts';
import { findProgram, runProgramOk } from '../exec.ts';
import { type Mount, mountOf } from '../mounts.ts';
import { removeLoop } from './loop-cleanup.ts';
import { abandonedLoops, registerLoop } from './loop-registry.ts';

export type LoopFilesystemType = 'ext4' | 'xfs' | 'btrfs';

export interface LoopFilesystemOptions {
  readonly type: LoopFilesystemType;
  /** Size of the sparse image. Raised to the least mkfs accepts: xfs 300, btrfs 120. */
  readonly sizeMiB: number;
  /** Where the image is kept: a disk (default, the system's temporary directory) or memory (`/dev/shm`). */
  readonly dir?: string;
  /** Mount options, e.g. `ro` or `noatime`. */
  readonly mountOptions?: string;
  /** How long this process may hang before the watchdog thaws, in ms. Default 20 s. */
  readonly watchdogSilenceMs?: number;
}

export interface LoopFilesystem extends AsyncDisposable {
  readonly type: LoopFilesystemType;
  readonly mountPoint: string;
  readonly image: string;
  /** `/dev/loopN` */
  readonly device: string;
  readonly mount: Mount;
  /** Thaws, unmounts, detaches and removes everything. Rejects when something still held the filesystem. */
  close(): Promise<void>;
}

const leastMiB: Readonly<Record<LoopFilesystemType, number>> = { ext4: 8, xfs: 300, btrfs: 120 };
const makers: Readonly<Record<LoopFilesystemType, readonly string[]>> = {
  // Nothing left to be initialised in the background, so that a quiet filesystem is quiet.
  ext4: ['mkfs.ext4', '-q', '-F', '-E', 'lazy_itable_init=0,lazy_journal_init=0'],
  xfs: ['mkfs.xfs', '-q', '-f'],
  btrfs: ['mkfs.btrfs', '-q', '-f'],
};

const alive = new Map<string, ChildProcess>();
let isPrepared = false;

/** Why loop filesystems of this type cannot be made here, or undefined if they can: for `describe.skipIf`. */
export function whyNoLoopFilesystem(type: LoopFilesystemType): string | undefined {
  if (!processAbilities().canFreeze) return 'needs root (CAP_SYS_ADMIN) to mount loop devices';
  const missing = [makers[type][0] ?? '', 'mount', 'umount', 'fsfreeze'].find(
    (name) => findProgram(name) === undefined,
  );
  return missing === undefined ? undefined : `needs ${missing}`;
}

/**
 * A filesystem of its own in an image, for tests that freeze, fill or break one. A watchdog process thaws it when this
 * process hangs and removes it when this process dies; what even the watchdog left is removed by the next test process.
 * A test that freezes with nothing but ioctls is therefore safe here, and nowhere else.
 */
export async function openLoopFilesystem(options: LoopFilesystemOptions): Promise<LoopFilesystem> {
  prepare();
  const directory = await mkdtemp(join(options.dir ?? tmpdir(), 'stillpoint-loop-'));
  // Other users may pass: tests act in their name. The image stays closed to them.
  await chmod(directory, 0o711);
  const mountPoint = join(directory, 'mnt');
  const image = join(directory, 'image');
  registerLoop(directory, mountPoint);
  const watchdog = startWatchdog(directory, mountPoint, options.watchdogSilenceMs ?? 20_000);
  alive.set(directory, watchdog);
  try {
    await (await open(image, 'wx', 0o600)).close();
    truncateSync(image, Math.max(options.sizeMiB, leastMiB[options.type]) * 1024 * 1024);
    const [maker, ...arguments_] = makers[options.type];
    await runProgramOk(required(maker ?? ''), [...arguments_, image], { timeoutMs: 120_000 });
    await mkdir(mountPoint);
    const mountOptions = ['loop', options.mountOptions].filter((text) => text !== undefined).join(',');
    await runProgramOk(required('mount'), ['-t', options.type, '-o', mountOptions, image, mountPoint]);
    const mount = mountOf(mountPoint);
    const close = async (): Promise<void> => closeLoop(directory);
    return { type: options.type, mountPoint, image, device: mount.source, mount, close, [Symbol.asyncDispose]: close };
  } catch (error) {
    await closeLoop(directory);
    throw error;
  }
}

/** The same for the time of a callback. The mount point is passed; the rest is in the second argument. */
export async function withLoopFilesystem<T>(
  options: LoopFilesystemOptions,
  use: (mountPoint: string, filesystem: LoopFilesystem) => Promise<T> | T,
): Promise<T> {
  const filesystem = await openLoopFilesystem(options);
  let value: T;
  try {
    value = await use(filesystem.mountPoint, filesystem);
  } catch (error) {
    // What went wrong first explains what was left open.
    await filesystem.close().catch(() => {});
    throw error;
  }
  await filesystem.close();
  return value;
}

function prepare(): void {
  if (isPrepared) return;
  isPrepared = true;
  for (const loop of abandonedLoops()) removeLoop(loop.directory, 2000);
  process.on('exit', () => {
    for (const directory of alive.keys()) removeLoop(directory, 2000);
  });
}

function startWatchdog(directory: string, mountPoint: string, silenceMs: number): ChildProcess {
  const program = fileURLToPath(new URL('./loop-watchdog.ts', import.meta.url));
  const watchdog = spawn(process.execPath, ['--no-warnings', program, directory, mountPoint, String(silenceMs)], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const beat = setInterval(() => watchdog.stdin?.write('.'), 1000);
  beat.unref();
  watchdog.stdin?.on('error', () => clearInterval(beat));
  watchdog.on('exit', () => clearInterval(beat));
  watchdog.unref();
  return watchdog;
}

async function closeLoop(directory: string): Promise<void> {
  const watchdog = alive.get(directory);
  if (watchdog === undefined) return;
  const holders = removeLoop(directory, 5000);
  alive.delete(directory);
  await dismiss(watchdog);
  if (holders.length > 0) throw new Error(`still held when its test ended: ${holders.join(', ')}`);
}

async function dismiss(watchdog: ChildProcess): Promise<void> {
  if (watchdog.exitCode !== null || watchdog.signalCode !== null) return;
  const ended = new Promise((resolve) => watchdog.once('exit', resolve));
  watchdog.stdin?.end('q');
  watchdog.ref();
  await ended;
}

function required(name: string): string {
  const path = findProgram(name);
  if (path === undefined) throw new Error(`this test needs ${name}`);
  return path;
}
