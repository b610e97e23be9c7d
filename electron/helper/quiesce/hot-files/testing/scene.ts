import { spawn } from 'node:child_process';
import { closeSync, constants, fstatSync, openSync, readdirSync, statSync } from 'node:fs';
import { hasCode } from '../../../system/errno.ts';
import { syncFilesystemSync } from '../../../system/sync.ts';
import { findWriterHolders } from '../../../system/writer-holders.ts';
import type { ContentVerdict, StillContent } from '../../contract.ts';
import { startGuard, withFrozen } from '../../guard/index.ts';
import { guardBinary } from '../../guard/testing/guard-binary.ts';
import type { ExpectedFile, HotFile, HotFiles } from '../contract.ts';
import { type HotFileWatchOptions, startHotFileWatch } from '../watch.ts';
import { type Scribe, startScribe } from './scribe.ts';

export function openHotFile(path: string): HotFile & Disposable {
  const fd = openSync(path, constants.O_RDONLY);
  const { dev, ino, size } = fstatSync(fd, { bigint: true });
  return { where: path, fd, deviceId: dev, inode: ino, size, [Symbol.dispose]: () => closeSync(fd) };
}

export function expectedFile(path: string): ExpectedFile {
  const { dev, ino } = statSync(path, { bigint: true });
  return { where: path, deviceId: dev, inode: ino, open: () => openSync(path, constants.O_RDONLY) };
}

/** Held as the product does it, flushed before. Throws when the hold ended early. */
export async function whileFrozen<T>(
  mountPoint: string,
  work: () => T extends PromiseLike<unknown> ? never : T,
): Promise<{ readonly value: T; readonly stallMs: number }> {
  const fd = openSync(mountPoint, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await using guard = await startGuard({
      mountPath: mountPoint,
      guardBinary: guardBinary(),
      leaseMs: 3000,
      expediteRcu: true,
    });
    for (let turn = 0; turn < 3; turn += 1) syncFilesystemSync(fd);
    const outcome = withFrozen<T>(guard, work);
    if (!outcome.held) throw outcome.error;
    const { from, to } = outcome.times.stall;
    return { value: outcome.value, stallMs: Number(to.monotonicNs - from.monotonicNs) / 1e6 };
  } finally {
    closeSync(fd);
  }
}

export interface WholeContent {
  readonly verdict: ContentVerdict;
  readonly bytes: Buffer;
}

/** Holes become zeros. */
export async function readContent(content: StillContent, signal = neverAborted): Promise<WholeContent> {
  const parts: Buffer[] = [];
  const verdict = await content.readInto(
    {
      data: async (bytes) => void parts.push(Buffer.from(bytes)),
      hole: async (length) => void parts.push(Buffer.alloc(length)),
      same: () => Promise.reject(new Error('nothing is the same as before')),
      restart: () => void parts.splice(0),
    },
    signal,
  );
  return { verdict, bytes: Buffer.concat(parts) };
}

/** The verdict with its reason, so that a failed test tells it. */
export function reasonOf(verdict: ContentVerdict): string {
  return 'reason' in verdict ? `${verdict.state}: ${verdict.reason}` : verdict.state;
}

export const neverAborted = new AbortController().signal;

/**
 * As the product has it, but for what other tests do to the machine meanwhile: they set up loop devices; and a machine may
 * have programs that nobody may look at, which write nothing on a filesystem that a test made.
 */
export function watchOptions(fd: number): HotFileWatchOptions {
  const hidden = hiddenPrograms();
  const isHidden = (pid: number): boolean => hidden.includes(pid);
  const writersOf: typeof findWriterHolders = (files) => ({ holders: findWriterHolders(files).holders, gaps: [] });
  return { fd, guardBinary: guardBinary(), steps: { overlooks: isHidden, writersOf, attachments: () => '' } };
}

function hiddenPrograms(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        readdirSync(`/proc/${pid}/fdinfo`);
        return false;
      } catch (error) {
        return hasCode(error, 'EACCES', 'EPERM');
      }
    })
    .map(Number);
}

/**
 * Whatever the code under test does: this process is killed after a while by one that shares nothing with it, and with it
 * its groups of fanotify. Nobody stays blocked because a test was wrong.
 */
export function killLater(pid: number, seconds: number): Disposable {
  const killer = spawn('/bin/sh', ['-c', `sleep ${seconds}; kill -9 ${pid}`], {
    detached: true,
    stdio: 'ignore',
    cwd: '/',
  });
  killer.unref();
  return { [Symbol.dispose]: () => void (killer.pid !== undefined && process.kill(-killer.pid, 'SIGKILL')) };
}

/** A file that is watched, whoever changes it, and what takes it: opened in the order in which it happens in the product. */
export interface HotScene extends AsyncDisposable {
  readonly scribe: Scribe;
  readonly file: HotFile;
  readonly hot: HotFiles;
}

/** Watches, then opens the file as a writer, then as we do. Nothing is prepared yet. */
export async function openHotScene(
  root: number,
  path: string,
  options: Partial<HotFileWatchOptions> = {},
): Promise<HotScene> {
  const own = watchOptions(root);
  await using opened = new AsyncDisposableStack();
  const watch = opened.use(startHotFileWatch({ ...own, ...options, steps: { ...own.steps, ...options.steps } }));
  watch.expect(expectedFile(path));
  const scribe = opened.use(startScribe());
  await scribe.open(path);
  const file = opened.use(openHotFile(path));
  const hot = opened.use(watch.newHotFiles());
  const all = opened.move();
  return { scribe, file, hot, [Symbol.asyncDispose]: () => all.disposeAsync() };
}
