import { constants } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunId } from '../../../shared/domain/ids.ts';
import { runIdSchema } from '../../../shared/domain/ids.ts';
import { type RunEvent, runEventSchema } from '../../../shared/domain/run.ts';
import { notWritten } from '../durable.ts';
import { isOwnFolder, openOwnFile, ownFolder } from '../own-folder.ts';

const suffix = '.jsonl';
const notThere = Object.assign(new Error('no folder'), { code: 'ENOENT' });

/**
 * What happened in each run: one append-only file of JSON lines per run, mode 0600, named by the run's id. Lines of one
 * run are written in the order they were given. A line that was cut off by a crash is left out when reading.
 */
export class RunLogs {
  readonly #folder: string;
  readonly #writing = new Map<RunId, Promise<void>>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  async prepare(): Promise<void> {
    await ownFolder(this.#folder);
  }

  /** Resolves when it is written. Rejects when the disk does not take it; what was written before stays readable. */
  append(runId: RunId, event: RunEvent): Promise<void> {
    const before = this.#writing.get(runId) ?? Promise.resolve();
    const write = before.catch(() => undefined).then(() => this.#write(runId, event));
    this.#writing.set(runId, write);
    void write
      .catch(() => undefined)
      .then(() => {
        if (this.#writing.get(runId) === write) this.#writing.delete(runId);
      });
    return write;
  }

  /** Ids of all runs that have a log, in no order. */
  async ids(): Promise<RunId[]> {
    const names = await readdir(this.#folder);
    return names.flatMap((name) => {
      const id = name.endsWith(suffix) ? runIdSchema.safeParse(name.slice(0, -suffix.length)).data : undefined;
      return id === undefined ? [] : [id];
    });
  }

  /** Empty when there is no such log. */
  async read(runId: RunId): Promise<RunEvent[]> {
    await this.#writing.get(runId)?.catch(() => undefined);
    const text = await readFile(this.#path(runId), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    return text.split('\n').flatMap(parseLine);
  }

  async #write(runId: RunId, event: RunEvent): Promise<void> {
    // A crash may have cut the line before off, and these are what is added afterwards: they begin on their own line.
    const separator = event.type === 'run-finished' || event.type === 'run-started' ? '\n' : '';
    const path = this.#path(runId);
    if (!(await isOwnFolder(this.#folder))) throw notWritten(path, notThere);
    const file = await openOwnFile(path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT);
    try {
      await file.appendFile(`${separator}${JSON.stringify(event)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  #path(runId: RunId): string {
    return join(this.#folder, `${runId}${suffix}`);
  }
}

function parseLine(line: string): RunEvent[] {
  if (line === '') return [];
  try {
    const event = runEventSchema.safeParse(JSON.parse(line));
    return event.success ? [event.data] : [];
  } catch {
    return [];
  }
}
