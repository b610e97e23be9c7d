import type { ChildProcess } from 'node:child_process';
import { closeSync, read, readSync, writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { StillpointError } from '../../../../shared/errors/index.ts';
import { leaveForeignControlGroups } from '../../system/control-group.ts';
import { hasCode } from '../../system/errno.ts';
import { openSealedMemory } from '../../system/memory-file.ts';
import { openEventfd, openPipe } from '../../system/pipes.ts';
import { waitReadable } from '../../system/poll.ts';
import { pidfdOpen } from '../../system/process-info.ts';
import { spawnOwn } from '../../system/spawn-own.ts';
import { openVerifiedProgram, spawnVerified } from '../../system/spawn-verified.ts';
import { decodeFrame, FRAME_BYTES } from '../guard/wire.ts';
import type { Reply, Request } from './protocol.ts';

export interface ServerOptions {
  /** The native program of the guard; here it watches the server. */
  readonly guardBinary: string;
  /** Memory for old content, bytes. */
  readonly arenaBytes: number;
  /** Longest time for which saving may hold up one access, ms. */
  readonly longestWaitMs: number;
  /** The server is ended when it is silent for so long, ms. */
  readonly silenceMs: number;
  /** The server's own by default; tests bring one that stops answering. */
  readonly program?: string;
}

/** The process that answers the kernel, and the one that watches it. */
export interface HotFileServer extends AsyncDisposable {
  readonly pids: { readonly server: number; readonly watcher: number };
  /** Holds up this thread, at most `patienceMs`; undefined when the server is gone or does not answer. It is ended then. */
  ask(request: Request, patienceMs: number): Reply | undefined;
  /** Old content, from a position in the arena on. */
  arena(into: Buffer, position: number): void;
}

/** How long starting may take, ms. */
const startsWithinMs = 10_000;

/** Resolves when both processes run; nothing is asked of anybody yet. Rejects with `freeze-refused`. */
export async function startHotFileServer(options: ServerOptions): Promise<HotFileServer> {
  const opened: number[] = [];
  const own = (fd: number): number => {
    opened.push(fd);
    return fd;
  };
  const closeAll = (): void => {
    for (const fd of opened.splice(0)) closeSync(fd);
  };
  const children: ChildProcess[] = [];
  try {
    const arenaFd = own(openSealedMemory('stillpoint-hot-files', options.arenaBytes));
    const beatFd = own(openEventfd());
    const commands = openPipe();
    const replies = openPipe();
    own(commands.writeFd);
    own(replies.readFd);
    const server = keep(children, startServer(options, [commands.readFd, replies.writeFd, arenaFd, beatFd]));
    closeSync(commands.readFd);
    closeSync(replies.writeFd);
    const serverPidfd = own(pidfdOpen(server.pid));
    const watcher = keep(children, await startWatcher(options, beatFd, serverPidfd));
    await leaveForeignControlGroups([server.pid, watcher.pid]);

    const ask = (request: Request, patienceMs: number): Reply | undefined =>
      opened.length === 0 ? undefined : converse(commands.writeFd, replies.readFd, request, patienceMs);
    const askOrEnd = (request: Request, patienceMs: number): Reply | undefined => {
      const reply = ask(request, patienceMs);
      // One that does not answer would answer the next question with this answer; and others may be waiting for it.
      if (reply === undefined) server.child.kill('SIGKILL');
      return reply;
    };
    const ready = askOrEnd({ do: 'guarded-by', pid: watcher.pid }, startsWithinMs);
    if (ready?.error !== undefined || ready === undefined) throw didNotStart(ready?.error ?? 'it does not answer');
    return {
      pids: { server: server.pid, watcher: watcher.pid },
      ask: askOrEnd,
      arena: (into, position) => {
        for (let done = 0; done < into.length; ) {
          const count = readSync(arenaFd, into, done, into.length - done, position + done);
          if (count === 0) throw new Error('the arena ends too early');
          done += count;
        }
      },
      [Symbol.asyncDispose]: async () => {
        closeAll();
        // Nothing of its state is wanted any more, and killed it lets everybody go on at once.
        for (const { child } of [server, watcher]) child.kill('SIGKILL');
        await Promise.all([server.ended, watcher.ended]);
      },
    };
  } catch (error) {
    for (const child of children) child.kill('SIGKILL');
    closeAll();
    throw error;
  }
}

interface Running {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly ended: Promise<void>;
}

function keep(children: ChildProcess[], child: ChildProcess): Running {
  children.push(child);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  if (child.pid === undefined) throw didNotStart('the system could not run it');
  return { child, pid: child.pid, ended };
}

function startServer(options: ServerOptions, [commands, replies, arena, beat]: readonly number[]): ChildProcess {
  const program = options.program ?? fileURLToPath(new URL('./server/program.ts', import.meta.url));
  const args = [options.arenaBytes, options.longestWaitMs].map(String);
  return spawnOwn(program, args, [commands ?? null, replies ?? null, null, arena ?? null, beat ?? null]);
}

/** Started once there is something to watch; its silence counts from then on. */
async function startWatcher(options: ServerOptions, beatFd: number, serverPidfd: number): Promise<ChildProcess> {
  const programFd = openVerifiedProgram(options.guardBinary);
  const helperFd = pidfdOpen(process.pid);
  const replies = openPipe();
  try {
    const args = ['watch', `lease-ms=${options.silenceMs}`, 'helper-fd=3', 'guard-fd=4'];
    const child = spawnVerified(programFd, args, [beatFd, replies.writeFd, null, helperFd, serverPidfd]);
    closeSync(replies.writeFd);
    const bytes = Buffer.alloc(FRAME_BYTES);
    const killer = setTimeout(() => child.kill('SIGKILL'), startsWithinMs);
    const length = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      read(replies.readFd, bytes, 0, FRAME_BYTES, null, (error, count) => (error ? reject(error) : resolve(count)));
    });
    clearTimeout(killer);
    if (length < FRAME_BYTES || decodeFrame(bytes)?.kind !== 'ready') throw didNotStart('nobody can watch it');
    return child;
  } finally {
    for (const fd of [programFd, helperFd, replies.readFd]) closeSync(fd);
  }
}

function converse(writeFd: number, readFd: number, request: Request, patienceMs: number): Reply | undefined {
  try {
    writeSync(writeFd, `${JSON.stringify(request)}\n`);
  } catch (error) {
    if (hasCode(error, 'EPIPE')) return undefined;
    throw error;
  }
  const deadline = performance.now() + patienceMs;
  const bytes = Buffer.alloc(64 * 1024);
  for (let length = 0; ; ) {
    const left = Math.max(0, Math.ceil(deadline - performance.now()));
    if (waitReadable([readFd], left).length === 0) return undefined;
    const count = readSync(readFd, bytes, length, bytes.length - length, null);
    if (count === 0) return undefined;
    length += count;
    if (bytes[length - 1] === 0x0a) return JSON.parse(bytes.toString('utf8', 0, length)) as Reply;
  }
}

function didNotStart(reason: string): StillpointError {
  return new StillpointError({
    kind: 'freeze-refused',
    message: `The process that keeps what is overwritten did not start: ${reason}.`,
    guidance: 'Install Stillpoint again if this happens every time.',
    retryable: true,
  });
}
