import type { PathNote } from '../../../../../shared/domain/evidence.ts';
import type { LeftOutBy } from './excludes.ts';
import { describeLeftOutBy } from './words.ts';

/** Places that stand for all that one preset or rule left out. */
const examples = 3;
/** Presets and rules that are told one by one; what more there is, is told together. */
const toldApart = 100;

interface Count {
  folders: number;
  others: number;
  readonly places: Buffer[];
}

type Counts = ReadonlyMap<LeftOutBy, Count>;

/**
 * Counts what presets and rules leave out. A tree is walked several times for one snapshot; what is told is of one walk,
 * the last whole one, so that nothing is counted twice and memory does not grow with what is left out.
 */
export class LeftOutTally {
  #before: Counts = new Map();
  #now = new Map<LeftOutBy, Count>();

  beginWalk(): void {
    if (totalOf(this.#now) >= totalOf(this.#before)) this.#before = this.#now;
    this.#now = new Map();
  }

  add(by: LeftOutBy, path: Buffer, isDirectory: boolean): void {
    let count = this.#now.get(by);
    if (count === undefined) {
      count = { folders: 0, others: 0, places: [] };
      this.#now.set(by, count);
    }
    if (isDirectory) count.folders += 1;
    else count.others += 1;
    keepFirst(count.places, path);
  }

  notes(describe: (path: Buffer) => string): readonly PathNote[] {
    // A walk that has only begun knows less than the one before.
    const counts = totalOf(this.#now) >= totalOf(this.#before) ? this.#now : this.#before;
    const all = [...counts];
    const notes = all.slice(0, toldApart).map(([by, count]) => noteOf(describeLeftOutBy(by), count, describe));
    const others = all.slice(toldApart);
    if (others.length === 0) return notes;
    const rest: Count = { folders: 0, others: 0, places: [] };
    for (const [, count] of others) {
      rest.folders += count.folders;
      rest.others += count.others;
      for (const place of count.places) keepFirst(rest.places, place);
    }
    return [...notes, noteOf(`${others.length} further rules`, rest, describe)];
  }
}

/** One part of what is left out: one place, how much of it there is, and where else. */
function noteOf(what: string, count: Count, describe: (path: Buffer) => string): PathNote {
  const [path = '', ...more] = count.places.map(describe);
  const total = count.folders + count.others;
  const also = more.length === 0 ? '' : `, ${total > count.places.length ? 'such as' : 'also'} ${more.join(' and ')}`;
  return { path, reason: `${what}: ${countText(count)}${also}.` };
}

/** Those that come first in the alphabet: the same ones, in whatever order a tree is walked. */
function keepFirst(places: Buffer[], place: Buffer): void {
  const last = places.at(-1);
  if (places.length === examples && last !== undefined && Buffer.compare(place, last) >= 0) return;
  places.push(place);
  places.sort(Buffer.compare);
  if (places.length > examples) places.pop();
}

function totalOf(counts: Counts): number {
  let total = 0;
  for (const { folders, others } of counts.values()) total += folders + others;
  return total;
}

function countText({ folders, others }: Count): string {
  const parts = [
    folders === 0 ? '' : `${folders} ${folders === 1 ? 'folder' : 'folders'}`,
    others === 0 ? '' : `${others} ${others === 1 ? 'file' : 'files'}`,
  ].filter((part) => part !== '');
  return parts.join(' and ');
}
