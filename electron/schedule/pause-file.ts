import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { replaceDurably } from './durable.ts';
import { ownFolder } from './own-folder.ts';

/** Milliseconds since the epoch, or until somebody resumes. */
export type PausedUntil = number | 'forever';

const contentSchema = z.object({ v: z.literal(1), until: z.union([z.number(), z.literal('forever')]).nullable() });

/** `${folder}/pause.json`: whether scheduled runs are paused, for whoever runs them. Versioned, mode 0600. */
export class PauseFile {
  readonly #folder: string;
  readonly #path: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.#path = join(folder, 'pause.json');
  }

  /** Null: not paused. A damaged file counts as not paused, and `problem` says so, for people. */
  async read(): Promise<{ readonly until: PausedUntil | null; readonly problem: string | null }> {
    let text: string;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { until: null, problem: null };
      return { until: null, problem: `${this.#path} cannot be read. Backups are not paused.` };
    }
    const content = parse(text);
    if (content) return { until: content.until, problem: null };
    return {
      until: null,
      problem: `${this.#path} is damaged. Backups are not paused; pause them again if they should be.`,
    };
  }

  /** Durable when it resolves. Throws `io`. */
  async write(until: PausedUntil | null): Promise<void> {
    await ownFolder(this.#folder);
    await replaceDurably(this.#path, `${JSON.stringify({ v: 1, until })}\n`);
  }
}

function parse(text: string): z.infer<typeof contentSchema> | undefined {
  try {
    return contentSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
