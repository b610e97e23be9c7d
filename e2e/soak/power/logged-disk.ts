import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findProgram, runProgramOk } from '../../../electron/helper/system/exec.ts';
import { removeLoop } from '../../../electron/helper/system/testing/loop-cleanup.ts';
import { registerLoop } from '../../../electron/helper/system/testing/loop-registry.ts';
import { WriteLog } from './write-log.ts';

export type DiskType = 'ext4' | 'xfs';

/** A filesystem whose writes are logged below it. */
export interface LoggedDisk extends AsyncDisposable {
  readonly type: DiskType;
  /** Where it is mounted, until `stop`. */
  readonly mountPoint: string;
  /** For images and whatever else belongs to it; removed with it. */
  readonly folder: string;
  /** The image as it was before the first logged write. */
  readonly base: string;
  readonly log: WriteLog;
  /** How many entries the log has, once everything that was answered is in it. */
  position(): Promise<number>;
  /** Unmounts it and ends what logs. The log stays readable. */
  stop(): Promise<void>;
}

/** Sparse: what a few backups and everything written meanwhile take. */
const imageMiB = { ext4: 256, xfs: 320 } as const;
const logMiB = 4096;
const makers = {
  ext4: ['mkfs.ext4', '-q', '-F', '-E', 'lazy_itable_init=0,lazy_journal_init=0'],
  xfs: ['mkfs.xfs', '-q', '-f'],
} as const;

/** Why no disk can be logged here. */
export function whyNoLoggedDisk(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root to mount';
  if (!existsSync('/dev/fuse')) return 'needs FUSE';
  const missing = ['qemu-storage-daemon', 'mkfs.ext4', 'mkfs.xfs'].find((name) => !findProgram(name));
  return missing === undefined ? undefined : `needs ${missing}`;
}

export async function openLoggedDisk(type: DiskType): Promise<LoggedDisk> {
  const folder = mkdtempSync(join(tmpdir(), 'stillpoint-power-'));
  const mountPoint = join(folder, 'mnt');
  const [image, base, log, exported] = ['image', 'base', 'log', 'exported'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
    string,
  ];
  registerLoop(folder, mountPoint);
  let daemon: ChildProcess | undefined;
  const stop = async (): Promise<void> => {
    if (daemon === undefined) return;
    await runProgramOk(program('umount'), [mountPoint]);
    await end(daemon);
    daemon = undefined;
  };
  try {
    for (const [path, mebibytes] of [
      [image, imageMiB[type]],
      [log, logMiB],
    ] as const) {
      writeFileSync(path, '', { mode: 0o600 });
      truncateSync(path, mebibytes * 1024 * 1024);
    }
    const [maker, ...options] = makers[type];
    await runProgramOk(program(maker), [...options, image]);
    copyFileSync(image, base);
    writeFileSync(exported, '');
    daemon = await exportLogged({ image, log, exported });
    mkdirSync(mountPoint);
    await runProgramOk(program('mount'), ['-t', type, '-o', 'loop', exported, mountPoint]);
    const writes = new WriteLog(log);
    return {
      ...{ type, mountPoint, folder, base, log: writes },
      position: () => settled(writes),
      stop,
      [Symbol.asyncDispose]: async () => {
        await stop().finally(() => {
          writes.close();
          daemon?.kill('SIGKILL');
          removeLoop(folder, 5000);
        });
      },
    };
  } catch (error) {
    daemon?.kill('SIGKILL');
    removeLoop(folder, 5000);
    throw error;
  }
}

/** Not to be hurried by a flush of ours: that would make durable what nobody asked for. */
async function settled(log: WriteLog): Promise<number> {
  for (let before = -1; ; await sleep(30)) {
    const count = log.catchUp();
    if (count === before) return count;
    before = count;
  }
}

async function exportLogged(paths: { image: string; log: string; exported: string }): Promise<ChildProcess> {
  const { image, log, exported } = paths;
  const daemon = spawn(
    program('qemu-storage-daemon'),
    [
      ['--blockdev', `driver=file,node-name=image,filename=${image}`],
      ['--blockdev', `driver=file,node-name=log,filename=${log}`],
      ['--blockdev', 'driver=blklogwrites,node-name=top,file=image,log=log,log-sector-size=512'],
      ['--export', `type=fuse,id=disk,node-name=top,mountpoint=${exported},writable=on`],
    ].flat(),
    { stdio: ['ignore', 'ignore', 'pipe'], cwd: '/' },
  );
  let said = '';
  daemon.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const isOver = (): boolean => daemon.exitCode !== null || daemon.signalCode !== null;
  for (let tries = 0; tries < 200; tries += 1) {
    if (isOver()) throw new Error(`qemu-storage-daemon ended: ${said}`);
    const { stdout } = await runProgramOk(program('stat'), ['--format', '%s', exported]);
    if (Number(stdout.toString()) > 0) return daemon;
    await sleep(50);
  }
  await end(daemon);
  throw new Error(`qemu-storage-daemon exported nothing in ten seconds: ${said}`);
}

async function end(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null || daemon.signalCode !== null) return;
  const gone = once(daemon, 'exit');
  daemon.kill('SIGTERM');
  await gone;
}

function program(name: string): string {
  const path = findProgram(name);
  if (path === undefined) throw new Error(`needs ${name}`);
  return path;
}
