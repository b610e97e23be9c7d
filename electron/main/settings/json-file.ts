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
  /** Never fails because of what is in the file: a damaged one is kept aside and the defaults are used. */
  load(): Promise<Loaded<T>>;
  /** Writes the newest value; several saves at once become one write. Rejects with `io`. */
  save(value: T): Promise<void>;
  /** Resolves when nothing is being written any more, whether it went well or not. */
  settled(): Promise<void>;
}

export function jsonFile<T>(path: string, schema: z.ZodType<T>, defaults: T, now: () => number): JsonFile<T> {
  let next: { value: T; done: Promise<void> } | undefined;
  let writing: Promise<void> = Promise.resolve();

  const write = async (): Promise<void> => {
    const value = next?.value;
    next = undefined;
    await writeFileDurably(path, `${JSON.stringify(value, undefined, 2)}\n`).catch((cause) => {
      throw notWritten(path, cause);
    });
  };

  return {
    load: async () => {
      const text = await readFile(path, 'utf8').catch(absent);
      if (text === undefined) return { value: defaults, problem: undefined };
      const value = parse(text, schema);
      if (value !== undefined) return { value, problem: undefined };
      const aside = `${path}.damaged-${new Date(now()).toISOString().replaceAll(':', '-')}`;
      await rename(path, aside);
      return {
        value: defaults,
        problem: `${basename(path)} could not be read and was kept as ${aside}. The defaults are used.`,
      };
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

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw error;
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
