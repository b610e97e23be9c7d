import { spawn } from 'node:child_process';
import { closeSync, constants, fstatSync, openSync, readdirSync } from 'node:fs';
import { hasCode } from '../../../system/errno.ts';
import { freezeUnguarded, thaw } from '../../../system/ioctl.ts';
import { findWriterHolders } from '../../../system/writer-holders.ts';
import type { ContentVerdict, StillContent } from '../../contract.ts';
import { guardBinary } from '../../guard/testing/guard-binary.ts';
import type { HotFile } from '../contract.ts';
import type { HotFileWatchOptions } from '../watch.ts';

export function openHotFile(path: string): HotFile & Disposable {
  const fd = openSync(path, constants.O_RDONLY);
  const { dev, ino, size } = fstatSync(fd, { bigint: true });
  return { where: path, fd, deviceId: dev, inode: ino, size, [Symbol.dispose]: () => closeSync(fd) };
}

/** A filesystem held for the time of a callback. For loop mounts of tests, whose watchdog thaws them whatever happens. */
export function whileFrozen<T>(mountPoint: string, work: () => T): { readonly value: T; readonly stallMs: number } {
  const fd = openSync(mountPoint, constants.O_RDONLY | constants.O_DIRECTORY);
  const began = performance.now();
  try {
    freezeUnguarded(fd);
    try {
      const value = work();
      thaw(fd);
      return { value, stallMs: performance.now() - began };
    } catch (error) {
      thaw(fd);
      throw error;
    }
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

export const neverAborted = new AbortController().signal;

/** A machine may have programs that nobody may look at; they write nothing on a filesystem that a test made. */
export function watchOptions(fd: number): HotFileWatchOptions {
  const hidden = hiddenPrograms();
  const isHidden = (pid: number): boolean => hidden.includes(pid);
  const writersOf: typeof findWriterHolders = (files) => {
    const { holders, gaps } = findWriterHolders(files);
    return { holders, gaps: gaps.filter((gap) => hidden.length === 0 || !/could not be looked at/.test(gap)) };
  };
  return { fd, guardBinary: guardBinary(), steps: { overlooks: isHidden, writersOf } };
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
