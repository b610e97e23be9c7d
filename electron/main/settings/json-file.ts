import { readFile, rename } from 'node:fs/promises';
import { basename } from 'node:path';
import type { z } from 'zod';
import { StillpointError } from '../../../shared/errors/index.ts';
import { writeFileDurably } from './durable-file.ts';

export interface Loaded<T> {
  readonly value: T;
  /** What was wrong with the file, for people; undefined when it was fine or was not there. */
  readonly problem: string | undefined;
}

/** One versioned JSON file, mode 0600. The schema holds the version as a literal. */
export interface JsonFile<T> {
  /**
   * Never rejects: where the file cannot be used the defaults are. A damaged one is kept aside; one that cannot be read or
   * moved stays where it is, and is kept aside before anything else is written there.
   */
  load(): Promise<Loaded<T>>;
  /** Writes the newest value; several saves at once become one write. Rejects with `io`. */
  save(value: T): Promise<void>;
  /** Resolves when nothing is being written any more, whether it went well or not. */
  settled(): Promise<void>;
}

export function jsonFile<T>(path: string, schema: z.ZodType<T>, defaults: T, now: () => number): JsonFile<T> {
  let next: { value: T; done: Promise<void> } | undefined;
  let writing: Promise<void> = Promise.resolve();
  /** Something lies there whose content is not known: it is not written over. */
  let isInTheWay = false;

  const keepAside = async (): Promise<string> => {
    const aside = `${path}.damaged-${new Date(now()).toISOString().replaceAll(':', '-')}`;
    await rename(path, aside);
    isInTheWay = false;
    return aside;
  };

  const write = async (): Promise<void> => {
    const value = next?.value;
    next = undefined;
    try {
      if (isInTheWay) await keepAside();
      await writeFileDurably(path, `${JSON.stringify(value, undefined, 2)}\n`);
    } catch (cause) {
      throw notWritten(path, cause);
    }
  };

  const read = async (): Promise<T | undefined> => {
    try {
      const value = parse(await readFile(path, 'utf8'), schema);
      isInTheWay = value === undefined;
      return value;
    } catch (error) {
      const code = codeOf(error);
      if (code === 'ENOENT') return defaults;
      isInTheWay = true;
      // There is nothing in a folder that could be read at another time.
      if (code === 'EISDIR') return undefined;
      throw error;
    }
  };

  return {
    load: async () => {
      const name = basename(path);
      try {
        const value = await read();
        if (value !== undefined) return { value, problem: undefined };
      } catch (error) {
        const problem = `${name} could not be read (${codeOf(error)}) and stays where it is. The defaults are used.`;
        return { value: defaults, problem };
      }
      const kept = await keepAside().then(
        (aside) => `was kept as ${aside}. The defaults are used.`,
        (error) =>
          `could not be kept aside (${codeOf(error)}). The defaults are used, and what is changed may hold only until Stillpoint is closed.`,
      );
      return { value: defaults, problem: `${name} could not be read and ${kept}` };
    },
    save: (value) => {
      if (next) {
        next.value = value;
        return next.done;
      }
      // Begins when the write before it is over, with whatever is newest by then.
      const done = writing.catch(() => undefined).then(write);
      writing = done;
      next = { value, done };
      return done;
    },
    settled: async () => {
      await writing.catch(() => undefined);
    },
  };
}

function parse<T>(text: string, schema: z.ZodType<T>): T | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}

function notWritten(path: string, cause: unknown): StillpointError {
  return new StillpointError({
    kind: 'io',
    message: `${path} could not be written.`,
    guidance: 'Look whether the disk is full or read-only. The change holds until Stillpoint is closed.',
    retryable: true,
    cause,
  });
}
