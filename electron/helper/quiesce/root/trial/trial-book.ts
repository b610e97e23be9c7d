import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { type FreezeTrial, freezeTrialSchema } from '../../../../../shared/domain/freeze-trial.ts';
import { hasCode } from '../../../system/errno.ts';

const bookSchema = z.object({ version: z.literal(1), trials: z.array(freezeTrialSchema) });
/** Of filesystems that came and went; the newest are kept. */
const mostTrials = 50;

/** What came of trials, one for each filesystem and kernel. */
export interface TrialBook {
  /** With this kernel; else the newest with another; undefined when the filesystem was never tried. */
  find(filesystem: string, kernel: string): FreezeTrial | undefined;
  keep(trial: FreezeTrial): void;
}

/**
 * One file, written by root where the helper is root. A file that cannot be understood counts as none: a trial is asked for
 * again. `write` puts a file there whole or not at all.
 */
export function openTrialBook(path: string, write: (path: string, text: string, mode: number) => void): TrialBook {
  const read = (): readonly FreezeTrial[] => {
    try {
      return bookSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).trials;
    } catch (error) {
      if (hasCode(error, 'ENOENT', 'EACCES') || error instanceof SyntaxError || error instanceof z.ZodError) return [];
      throw error;
    }
  };
  return {
    find: (filesystem, kernel) => {
      const all = read().filter((trial) => trial.filesystem === filesystem);
      return all.find((trial) => trial.kernel === kernel) ?? all[0];
    },
    keep: (trial) => {
      const isOther = (each: FreezeTrial): boolean =>
        each.filesystem !== trial.filesystem || each.kernel !== trial.kernel;
      const trials = [trial, ...read().filter(isOther)].slice(0, mostTrials);
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      write(path, `${JSON.stringify({ version: 1, trials }, undefined, 2)}\n`, 0o600);
    },
  };
}
