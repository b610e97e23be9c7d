import type { SnapshotMark } from '../../../shared/ipc/timeline.ts';
import { markColumns, toMark } from './marks.ts';
import { type RunFacts, runFacts } from './run-facts.ts';
import type { Statements } from './statements.ts';

interface Numbered {
  readonly number: number;
  readonly row: number;
  readonly time: number;
}

/** One stretch of snapshots in which a path was the same. */
export interface Stretch {
  readonly lineage: number;
  readonly first: number;
  readonly last: number;
}

/**
 * Finds the newest snapshot of a stretch. Numbers are in the order of indexing, not of time, and snapshots go: the few
 * thousand that exist are looked at in memory, once per question.
 */
export class LiveSnapshots {
  readonly #db: Statements;
  readonly #lineages = new Map<number, readonly Numbered[]>();
  readonly #facts: RunFacts;

  constructor(db: Statements) {
    this.#db = db;
    this.#facts = runFacts(db);
  }

  newest({ lineage, first, last }: Stretch): Numbered | undefined {
    let found: Numbered | undefined;
    const numbered = this.#of(lineage);
    for (let at = lowerBound(numbered, first); at < numbered.length; at += 1) {
      const candidate = numbered[at];
      if (candidate === undefined || candidate.number > last) break;
      if (found === undefined || candidate.time > found.time) found = candidate;
    }
    return found;
  }

  mark(row: number): SnapshotMark {
    const found = this.#db.get(`SELECT ${markColumns} FROM snapshots WHERE row = :row`, { row });
    if (!found) throw new Error(`no snapshot in row ${row}`);
    return toMark(found, this.#facts);
  }

  #of(lineage: number): readonly Numbered[] {
    const known = this.#lineages.get(lineage);
    if (known) return known;
    const numbered = this.#db.all(
      `SELECT i.number, s.row, s.time_ms AS time FROM indexed AS i JOIN snapshots AS s ON s.row = i.snapshot
       WHERE i.lineage = :lineage ORDER BY i.number`,
      { lineage },
    ) as unknown as Numbered[];
    this.#lineages.set(lineage, numbered);
    return numbered;
  }
}

function lowerBound(sorted: readonly Numbered[], number: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle]?.number ?? 0) < number) low = middle + 1;
    else high = middle;
  }
  return low;
}
