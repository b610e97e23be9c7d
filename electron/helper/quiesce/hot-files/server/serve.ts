import { readSync, writeSync } from 'node:fs';
import { hasCode } from '../../../system/errno.ts';
import { waitReadable } from '../../../system/poll.ts';
import { pidfdOpen } from '../../../system/process-info.ts';
import { type Account, mostAskers, type Reply, type Request } from '../protocol.ts';
import { KeptFile, type KeptFileLimits } from './kept-file.ts';

const commands = 0;
const replies = 1;
/** Less than half of the silence after which this process is ended. */
const idleMs = 100;

/** Answers kernel and helper until the helper or the watcher is gone. */
export function serve(limits: KeptFileLimits): void {
  const files: KeptFile[] = [];
  const lines = new Lines();
  let watcher: number | undefined;

  const act = (request: Request): Reply => {
    switch (request.do) {
      case 'guarded-by':
        watcher = pidfdOpen(request.pid);
        return {};
      case 'arm':
        if (watcher === undefined) throw new Error('nobody watches this process');
        files[request.file] = new KeptFile(request.path, limits);
        return {};
      case 'hold':
        for (const file of files) if (file.isArmed) file.hold();
        return { torn: files.map(({ torn }) => torn) };
      case 'kept': {
        const file = files[request.file];
        if (file === undefined) throw new Error(`there is no file ${request.file}`);
        const { runs, next } = file.keptIn(request.from, request.to, request.copied);
        return { runs, next, torn: files.map(({ torn }) => torn), account: accountOf(files) };
      }
      case 'disarm':
        files[request.file]?.disarm();
        return {
          openings: files[request.file]?.openings ?? 0,
          torn: files.map(({ torn }) => torn),
          account: accountOf(files),
        };
      case 'state':
        return {
          askers: files.flatMap(({ askers }) => [...askers]).slice(-mostAskers),
          torn: files.map(({ torn }) => torn),
          account: accountOf(files),
        };
    }
  };

  for (;;) {
    const armed = files.filter(({ isArmed }) => isArmed);
    const waited = [commands, ...armed.map(({ group }) => group.fd), ...(watcher === undefined ? [] : [watcher])];
    const ready = waitReadable(waited, idleMs);
    for (const file of armed) if (ready.includes(file.group.fd)) file.answerAll();
    limits.beat();
    // Unwatched it must not answer for others.
    if (watcher !== undefined && ready.includes(watcher)) return;
    if (!ready.includes(commands)) continue;
    const line = lines.next();
    if (line === 'end') return;
    if (line !== undefined) tell(replyTo(line, act));
  }
}

function replyTo(line: string, act: (request: Request) => Reply): Reply {
  try {
    return act(JSON.parse(line) as Request);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    return { error: error instanceof Error ? error.message : String(error), code };
  }
}

function tell(reply: Reply): void {
  const bytes = Buffer.from(`${JSON.stringify(reply)}\n`);
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(replies, bytes, done);
  } catch (error) {
    if (!hasCode(error, 'EPIPE')) throw error;
  }
}

function accountOf(files: readonly KeptFile[]): Account {
  return {
    accesses: files.reduce((sum, file) => sum + file.accesses, 0),
    savedBytes: files.reduce((sum, file) => sum + file.savedBytes, 0),
    longestWaitMs: files.reduce((most, file) => Math.max(most, file.longestWaitMs), 0),
  };
}

/** Requests are smaller than a pipe's atomic size: a read gets whole lines, one as a rule. */
class Lines {
  readonly #bytes = Buffer.alloc(4096);

  next(): string | 'end' | undefined {
    const length = readSync(commands, this.#bytes, 0, this.#bytes.length, null);
    if (length === 0) return 'end';
    return this.#bytes.toString('utf8', 0, length).trim();
  }
}
