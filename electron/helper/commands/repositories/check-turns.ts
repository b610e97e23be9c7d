import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { RepositoryId } from '../../../../shared/domain/ids.ts';

const turnsSchema = z.record(
  z.string(),
  z.object({ of: z.number().int().positive(), last: z.number().int().positive() }),
);
type Turns = z.infer<typeof turnsSchema>;

/** Which part of a repository's data was read last by checks that read a part each time. */
export interface CheckTurns {
  /** The part after it, from 1; the first where none was read yet, or others than so many parts. */
  next(id: RepositoryId, of: number): number;
  done(id: RepositoryId, of: number, part: number): void;
}

/** In one file of this caller. Where it is lost or cannot be read, the parts begin anew: each is still read in its turn. */
export function openCheckTurns(path: string, write: (path: string, text: string, mode: number) => void): CheckTurns {
  return {
    next(id, of) {
      const known = read(path)[id];
      return known?.of === of ? (known.last % of) + 1 : 1;
    },
    done(id, of, part) {
      write(path, `${JSON.stringify({ ...read(path), [id]: { of, last: part } })}\n`, 0o600);
    },
  };
}

function read(path: string): Turns {
  try {
    return turnsSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return {};
  }
}
