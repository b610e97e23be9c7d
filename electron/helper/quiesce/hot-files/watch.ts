import { fstatSync, readdirSync, readFileSync } from 'node:fs';
import { StillpointError } from '../../../../shared/errors/index.ts';
import { hasCode } from '../../system/errno.ts';
import { openPreContentGroup, type PreContentGroup } from '../../system/fanotify/index.ts';
import { findWriterHolders } from '../../system/writer-holders.ts';
import { wallClockNs } from '../ctime/granularity.ts';
import type { KernelHotFileWatch } from './contract.ts';
import { Coverage } from './coverage.ts';
import { ExpectedFiles } from './expected-files.ts';
import { type HotFileSteps, newHotFiles } from './hot-files.ts';
import { whyNotSettled } from './settle.ts';
import { attachments, unseenWriter } from './unseen-writers.ts';

export interface HotFileWatchOptions {
  /** Any descriptor of the filesystem. */
  readonly fd: number;
  /** The native program of the guard, which watches whoever answers the kernel. */
  readonly guardBinary: string;
  /** Memory for what is overwritten before it is copied, bytes. Default 256 MiB. */
  readonly arenaBytes?: number;
  /** Longest time for which one access may be held up by keeping old content, ms. Default 500. */
  readonly longestWaitMs?: number;
  /** A server that is silent for so long is ended, and everybody goes on, ms. Default 1000. */
  readonly silenceMs?: number;
  /** See ServerOptions. */
  readonly program?: string;
  /** The product's own by default; tests take one away. */
  readonly steps?: Partial<HotFileSteps>;
}

const ownSteps: HotFileSteps = {
  whyNotSettled,
  unseenWriter,
  attachments,
  writersOf: (files) => findWriterHolders(files, isHiddenInit),
  overlooks: isHiddenInit,
};
/**
 * The first process of a machine, where not even an administrator may look at it: it is trusted as the kernel is, as it is
 * by the method that copies first.
 */
function isHiddenInit(pid: number): boolean {
  if (pid !== 1) return false;
  try {
    readdirSync('/proc/1/fdinfo');
    return false;
  } catch (error) {
    return hasCode(error, 'EACCES', 'EPERM');
  }
}

const lookAgainMs = 5000;
const defaultArenaBytes = 256 * 1024 * 1024;

/**
 * Begins to watch: descriptors opened from now on can be asked about later. Nobody is asked yet, so nobody ever waits for
 * the watch itself. Throws `freeze-unsupported` or `freeze-not-permitted` with words.
 */
export function startHotFileWatch(options: HotFileWatchOptions): KernelHotFileWatch {
  const group = markDormant(options.fd);
  const startedNs = wallClockNs();
  let coverage: Coverage;
  try {
    coverage = new Coverage(startedNs, () => isMarked(group));
  } catch (error) {
    group[Symbol.dispose]();
    throw error;
  }
  const { dev } = fstatSync(options.fd, { bigint: true });
  const expected = new ExpectedFiles(dev, (file) => coverage.has(file));
  const timer = setInterval(() => expected.look(), lookAgainMs);
  timer.unref();
  let isOver = false;
  return {
    startedNs,
    get isAlive() {
      return !isOver && isMarked(group);
    },
    expect: (file) => expected.add(file),
    covers: (file) => !isOver && coverage.has(file),
    newHotFiles: () => {
      if (isOver) throw new Error('the watch is over');
      return newHotFiles({
        coverage,
        guardBinary: options.guardBinary,
        arenaBytes: options.arenaBytes ?? defaultArenaBytes,
        longestWaitMs: options.longestWaitMs ?? 500,
        silenceMs: options.silenceMs ?? 1000,
        ...(options.program !== undefined && { program: options.program }),
        steps: { ...ownSteps, ...options.steps },
      });
    },
    [Symbol.asyncDispose]: async () => {
      if (isOver) return;
      isOver = true;
      clearInterval(timer);
      expected.clear();
      group[Symbol.dispose]();
    },
  };
}

/** Why `startHotFileWatch` would refuse, for people; null when it would not. */
export function hotFileProblem(fd: number): string | null {
  try {
    markDormant(fd)[Symbol.dispose]();
    return null;
  } catch (error) {
    return error instanceof StillpointError ? error.message : String(error);
  }
}

/** The kernel takes the mark away when the filesystem is unmounted for good. Source: proc_pid_fdinfo(5). */
function isMarked(group: PreContentGroup): boolean {
  return /^fanotify sdev:/m.test(readFileSync(`/proc/self/fdinfo/${group.fd}`, 'latin1'));
}

/** Ignored first: there is no moment in which somebody would be asked, and wait for us. */
function markDormant(fd: number): PreContentGroup {
  let group: PreContentGroup | undefined;
  try {
    group = openPreContentGroup();
    group.ignore(fd, 'filesystem');
    group.watch(fd, 'filesystem');
    return group;
  } catch (cause) {
    group?.[Symbol.dispose]();
    throw refusal(cause);
  }
}

function refusal(cause: unknown): unknown {
  if (hasCode(cause, 'EPERM', 'EACCES'))
    return new StillpointError({
      kind: 'freeze-not-permitted',
      message: 'Only an administrator may be asked before files change.',
      guidance: 'Allow Stillpoint’s helper to run as administrator.',
      cause,
    });
  if (hasCode(cause, 'EINVAL', 'ENOTSUP', 'ENOSYS', 'ENODEV', 'EXDEV'))
    return new StillpointError({
      kind: 'freeze-unsupported',
      message:
        'Large files that change all the time cannot be held here: this kernel or this file system does not ask before content changes (Linux 6.14 and later do, on ext4, xfs and btrfs).',
      guidance: 'Such files are read while writers wait, or at a lower level.',
      cause,
    });
  return cause;
}
