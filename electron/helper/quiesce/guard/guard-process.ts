import type { ChildProcess } from 'node:child_process';
import { closeSync, read, readSync, writeSync } from 'node:fs';
import { hasCode } from '../../system/errno.ts';
import { openPipe } from '../../system/pipes.ts';
import { waitReadable } from '../../system/poll.ts';
import { spawnVerified } from '../../system/spawn-verified.ts';
import { guardDidNotStart } from './freeze-errors.ts';
import { abilitiesOf, decodeFrame, FRAME_BYTES, type Frame, type GuardAbilities } from './wire.ts';

/** What a wait for an answer came to. */
export type Answer = Frame | 'silent' | 'gone';

/** One running guard or witness, spoken to over blocking pipes. */
export interface GuardProcess {
  readonly pid: number;
  readonly abilities: GuardAbilities;
  /** False when it is gone. */
  tell(command: string): boolean;
  /** Holds up this thread at most `timeoutMs`. */
  hear(timeoutMs: number): Answer;
  kill(): void;
  /** Closes the pipes: the process ends by itself if there is nothing left for it to do. */
  letGo(): void;
  /** Resolves when it is reaped; kills it after `patienceMs`. */
  ended(patienceMs: number): Promise<void>;
}

export interface StartedProcess {
  /** The child's pid, valid at once: it is not reaped before the event loop turns. */
  readonly pid: number;
  ready(timeoutMs: number): Promise<GuardProcess>;
  abandon(): void;
}

/**
 * Starts the native program. `shared` are descriptors it is given from number 3 on. It is started, not yet ready: a
 * freeze must wait for `ready`.
 */
export function startProcess(programFd: number, args: readonly string[], shared: readonly number[]): StartedProcess {
  const commands = openPipe();
  const replies = openPipe();
  let child: ChildProcess;
  try {
    child = spawnVerified(programFd, args, [commands.readFd, replies.writeFd, null, ...shared]);
  } finally {
    // Only the child may hold these ends: an end of file must mean that it is gone.
    closeSync(commands.readFd);
    closeSync(replies.writeFd);
  }
  let failure: Error | undefined;
  child.on('error', (error) => {
    failure = error;
  });
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  let isOpen = true;
  const letGo = (): void => {
    if (!isOpen) return;
    isOpen = false;
    closeSync(commands.writeFd);
    closeSync(replies.readFd);
  };

  const hear = (timeoutMs: number): Answer => {
    if (!isOpen) return 'gone';
    if (waitReadable([replies.readFd], timeoutMs).length === 0) return 'silent';
    const bytes = Buffer.alloc(FRAME_BYTES);
    // Frames are smaller than a pipe's atomic size: a read gets one whole frame, or the end.
    if (readSync(replies.readFd, bytes, 0, FRAME_BYTES, null) < FRAME_BYTES) return 'gone';
    return decodeFrame(bytes) ?? 'gone';
  };

  const tell = (text: string): boolean => {
    if (!isOpen) return false;
    try {
      writeSync(commands.writeFd, text);
      return true;
    } catch (error) {
      if (hasCode(error, 'EPIPE')) return false;
      throw error;
    }
  };

  const kill = (): void => void child.kill('SIGKILL');

  const ready = async (timeoutMs: number): Promise<GuardProcess> => {
    // Ends the read below by an end of file if the program hangs.
    const timer = setTimeout(kill, timeoutMs);
    try {
      const frame = await readFrame(replies.readFd);
      if (frame?.kind !== 'ready' || child.pid === undefined)
        throw guardDidNotStart(failure?.message ?? 'it ended or said nothing', failure);
      const ended = async (patienceMs: number): Promise<void> => {
        const killer = setTimeout(kill, patienceMs);
        await exited;
        clearTimeout(killer);
      };
      return { pid: child.pid, abilities: abilitiesOf(frame), tell, hear, kill, letGo, ended };
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    pid: child.pid ?? -1,
    ready,
    abandon: () => {
      kill();
      letGo();
    },
  };
}

/** On a thread of the pool, so that starting holds up nobody. */
async function readFrame(fd: number): Promise<Frame | undefined> {
  const bytes = Buffer.alloc(FRAME_BYTES);
  const count = await new Promise<number>((resolve, reject) => {
    read(fd, bytes, 0, FRAME_BYTES, null, (error, length) => (error ? reject(error) : resolve(length)));
  });
  return count === FRAME_BYTES ? decodeFrame(bytes) : undefined;
}
