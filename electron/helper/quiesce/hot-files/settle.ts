import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { hasCode } from '../../system/errno.ts';
import { statxCached } from '../../system/statx.ts';
import type { FileIdentity } from '../../system/writer-holders.ts';
import { pause } from '../pause.ts';

export interface SettleOptions {
  readonly limitMs: number;
  /** See HotFileSteps. */
  readonly overlooks: (pid: number) => boolean;
  /** Threads that have asked since we began to be asked: what they did before is over. */
  readonly haveAsked: () => ReadonlySet<number>;
  readonly signal: AbortSignal;
}

/**
 * The kernel asks us first and takes the filesystem's lock against freezing a few instructions later, without sleeping in
 * between. A thread that had passed the place of asking before we began to be asked, and was taken off the processor right
 * there, would write after the thaw without a word. So each thread of the machine must be seen, once, to be elsewhere:
 * sleeping; or gone; or asking anew; or having used so much processor time since that it cannot still be in these few instructions.
 *
 * Calls that ask once and then write for long (sendfile, splice, copy_file_range) may sleep in between: one of these that
 * writes to a file of ours, or where that cannot be told, is waited for.
 */
export async function whyNotSettled(
  files: readonly FileIdentity[],
  { limitMs, overlooks, haveAsked, signal }: SettleOptions,
): Promise<string | null> {
  const deadline = performance.now() + limitMs;
  const firstNs = new Map<string, bigint>();
  let left = everyThread(overlooks).filter((thread) => thread !== `${process.pid}/task/${process.pid}`);
  for (let delayMs = 1; ; delayMs = Math.min(delayMs * 2, 20)) {
    const still: string[] = [];
    const asked = haveAsked();
    for (const [index, thread] of left.entries()) {
      if (index % 64 === 63) await pause(0, signal);
      if (!asked.has(tidOf(thread)) && !isElsewhere(thread, files, firstNs)) still.push(thread);
    }
    left = still;
    if (left.length === 0) return null;
    if (performance.now() > deadline)
      return `A program (${nameOf(left[0] ?? '')}) may have been in the middle of writing all the time.`;
    await pause(delayMs, signal);
  }
}

function tidOf(thread: string): number {
  return Number(thread.slice(thread.lastIndexOf('/') + 1));
}

function nameOf(thread: string): string {
  return read(`/proc/${thread}/comm`).trim() || 'which has ended';
}

/** `PID/task/TID` */
function everyThread(overlooks: (pid: number) => boolean): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && !overlooks(Number(name)))
    .flatMap((pid) => orNothing(() => readdirSync(`/proc/${pid}/task`), []).map((tid) => `${pid}/task/${tid}`));
}

/** Processor time, ns: a thousand times what lies between asking and locking. */
const enoughNs = 1_000_000n;

/** Where the kernel counts no finer: three ticks (10 ms as a rule) are enough, one or two may be of what was before. */
function ticksNs(fields: readonly string[]): bigint {
  return ((BigInt(fields[11] ?? 0) + BigInt(fields[12] ?? 0)) * enoughNs) / 3n;
}

function isElsewhere(thread: string, files: readonly FileIdentity[], firstNs: Map<string, bigint>): boolean {
  const stat = orNothing(() => readFileSync(`/proc/${thread}/stat`, 'latin1'), undefined);
  if (stat === undefined) return true;
  // The name stands in parentheses and may hold both parentheses and spaces. Source: proc_pid_stat(5).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  if (state === 'R') {
    const used = usedNs(thread) ?? ticksNs(fields);
    const first = firstNs.get(thread) ?? used;
    firstNs.set(thread, first);
    return used - first >= enoughNs && !hasOpen(thread, files);
  }
  if (state === 'Z' || state === 'X') return true;
  // At the lock itself: somebody else's freeze.
  if (state === 'D' && read(`/proc/${thread}/wchan`).includes('percpu')) return !hasOpen(thread, files);
  return !isInLongCall(thread, files);
}

/** Undefined where the kernel does not tell. Source: Documentation/scheduler/sched-stats.rst. */
function usedNs(thread: string): bigint | undefined {
  const text = read(`/proc/${thread}/schedstat`).trim();
  return text === '' || text === '0 0 0' ? undefined : BigInt(text.split(' ')[0] ?? 0);
}

/** Position of the descriptor that is written to, among the arguments. Source: asm/unistd.h. */
const longCalls: Readonly<Record<string, ReadonlyMap<string, number>>> = {
  x64: new Map([
    ['40', 0], // sendfile
    ['275', 2], // splice
    ['326', 2], // copy_file_range
  ]),
  arm64: new Map([
    ['71', 0],
    ['76', 2],
    ['285', 2],
  ]),
};

function isInLongCall(thread: string, files: readonly FileIdentity[]): boolean {
  const line = orNothing(() => readFileSync(`/proc/${thread}/syscall`, 'latin1'), undefined);
  // Not ours to look at, or gone: the next look will tell.
  if (line === undefined) return true;
  const words = line.trim().split(' ');
  const position = longCalls[process.arch]?.get(words[0] ?? '');
  if (position !== undefined) return mayBe(`/proc/${thread}/fd/${Number(words[1 + position])}`, files);
  // Threads of the kernel show no call, and rings work for others in such threads.
  if (words[0] === '-1' || words[0] === 'running' || words[0] === '426')
    return /\b(?:\w*splice\w*|do_sendfile|vfs_copy_file_range)\b/.test(read(`/proc/${thread}/stack`));
  return false;
}

/** Whether what a descriptor stands for is one of these files; true where it cannot be told. */
function mayBe(path: string, files: readonly FileIdentity[]): boolean {
  try {
    const { deviceId, inode } = statxCached(path);
    return files.some((file) => file.inode === inode && file.deviceId === deviceId);
  } catch {
    return !isNoFile(path);
  }
}

function isNoFile(path: string): boolean {
  return /^(?:socket|pipe|anon_inode):/.test(orNothing(() => readlinkSync(path), ''));
}

function hasOpen(thread: string, files: readonly FileIdentity[]): boolean {
  const names = orNothing(() => readdirSync(`/proc/${thread}/fd`), []);
  return names.some((name) => {
    const path = `/proc/${thread}/fd/${name}`;
    return orNothing(() => mayBe(path, files), false);
  });
}

function read(path: string): string {
  return orNothing(() => readFileSync(path, 'latin1'), '');
}

function orNothing<T, U>(look: () => T, nothing: U): T | U {
  try {
    return look();
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH', 'EACCES', 'EPERM', 'EINVAL')) return nothing;
    throw error;
  }
}
