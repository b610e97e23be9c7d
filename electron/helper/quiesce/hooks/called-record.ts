import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { hookNameSchema } from '../../../../shared/domain/hooks.ts';
import { hasCode } from '../../system/errno.ts';
import { tryFileLock } from '../../system/file-lock.ts';
import { isStillNamed, openIfThere } from '../../system/record-file.ts';

const firstLineSchema = z.object({ version: z.literal(1), source: z.string() });
const laterLineSchema = z.union([
  z.object({ called: hookNameSchema }),
  z.object({ thawed: hookNameSchema }),
  z.object({ pid: z.number().int(), startTime: z.string().regex(/^\d+$/) }),
]);
type LaterLine = z.infer<typeof laterLineSchema>;

const suffix = '.hooks';
const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_RDWR } = constants;

/**
 * Which hooks were called before a still point and not yet after it. On disk before the first is called, locked for as long
 * as the process lives that calls them: an unlocked one tells of hooks that still wait.
 */
export class CalledRecord implements Disposable {
  readonly #fd: number;
  readonly #path: string;
  readonly source: string;
  readonly #waiting: string[] = [];
  #last: { readonly pid: number; readonly startTime: bigint } | undefined;
  #isOpen = true;

  private constructor(fd: number, path: string, source: string, lines: readonly LaterLine[]) {
    this.#fd = fd;
    this.#path = path;
    this.source = source;
    for (const line of lines) this.#take(line);
  }

  /** Throws Node's own errors where nothing can be written down. */
  static begin(folder: string, source: string): CalledRecord {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, `${Date.now()}-${randomBytes(6).toString('hex')}${suffix}`);
    // Locked before it has its name: who finds it must not take it for left.
    const fd = openSync(`${path}.new`, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_APPEND, 0o600);
    try {
      tryFileLock(fd);
      append(fd, { version: 1, source });
      fsyncSync(fd);
      renameSync(`${path}.new`, path);
      syncFolder(folder);
      return new CalledRecord(fd, path, source, []);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  /** Those that nobody holds any more, each locked by us now. What tells nothing of hooks is left alone. */
  static *abandoned(folder: string): Generator<CalledRecord> {
    for (const name of namesIn(folder)) {
      const path = join(folder, name);
      const fd = openIfThere(path);
      if (fd === undefined) continue;
      const content = tryFileLock(fd) && isStillNamed(fd, path) ? contentOf(fd) : undefined;
      if (content === undefined) closeSync(fd);
      else yield new CalledRecord(fd, path, content.source, content.lines);
    }
  }

  /** Called before and not after, in the order of the calls. */
  get waiting(): readonly string[] {
    return this.#waiting;
  }

  /** The process that was started last, if there was one. */
  get last(): { readonly pid: number; readonly startTime: bigint } | undefined {
    return this.#last;
  }

  /** Durable when it returns: only then may the hook be called. */
  calls(name: string): void {
    append(this.#fd, { called: name });
    fsyncSync(this.#fd);
    this.#take({ called: name });
  }

  started(pid: number, startTime: bigint): void {
    const line = { pid, startTime: String(startTime) };
    append(this.#fd, line);
    this.#take(line);
  }

  thawed(name: string): void {
    this.#take({ thawed: name });
    append(this.#fd, { thawed: name });
  }

  /** Nobody waits any more. */
  forget(): void {
    unlinkSync(this.#path);
    this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    if (this.#isOpen) closeSync(this.#fd);
    this.#isOpen = false;
  }

  #take(line: LaterLine): void {
    if ('called' in line) this.#waiting.push(line.called);
    else if ('thawed' in line) this.#waiting.splice(this.#waiting.lastIndexOf(line.thawed), 1);
    else this.#last = { pid: line.pid, startTime: BigInt(line.startTime) };
  }
}

function append(fd: number, line: object): void {
  writeSync(fd, `${JSON.stringify(line)}\n`);
}

function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(suffix))
      .sort();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}

/** A line that was not written to its end tells nothing: the hook it was to name was never called. */
function contentOf(fd: number): { readonly source: string; readonly lines: LaterLine[] } | undefined {
  const [first, ...later] = readFileSync(fd, 'utf8').split('\n').slice(0, -1).map(parseLine);
  const head = firstLineSchema.safeParse(first).data;
  if (head === undefined) return undefined;
  const lines = later.flatMap((line) => laterLineSchema.safeParse(line).data ?? []);
  return { source: head.source, lines };
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
