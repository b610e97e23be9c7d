import { isStillpointError } from '../../../../shared/errors/index.ts';
import type { LocatedBlob, PackAccess } from '../snapshot-source.ts';
import type { PackRange } from './contract.ts';

/** What lies between two blobs is read as well where it is no more than this: another call costs as much. */
const widestGap = 16 * 1024;
/** Packs kept open that nobody reads just now. */
const keptOpen = 8;

export interface BlobInRange {
  readonly range: number;
  readonly at: number;
}

export interface Reading {
  readonly ranges: readonly PackRange[];
  /** Of each blob that was asked for, in order; undefined where its pack cannot be read. */
  readonly places: readonly (BlobInRange | undefined)[];
  release(): void;
}

interface OpenPack {
  readonly fd: Promise<number | undefined>;
  users: number;
}

/** Packs as threads read them: descriptors where the place has them, else the bytes. */
export class PackRanges {
  readonly #packs: PackAccess;
  readonly #close: (fd: number) => void;
  readonly #open = new Map<string, OpenPack>();

  constructor(packs: PackAccess, close: (fd: number) => void) {
    this.#packs = packs;
    this.#close = close;
  }

  async reading(blobs: readonly LocatedBlob[]): Promise<Reading> {
    const stretches = stretchesOf(blobs);
    const used = new Set<OpenPack>();
    const ranges: PackRange[] = [];
    const places: (BlobInRange | undefined)[] = blobs.map(() => undefined);
    for (const { pack, offset, end, members } of stretches) {
      const range = await this.#range(pack, offset, end - offset, used);
      if (range === undefined) continue;
      for (const member of members)
        places[member] = { range: ranges.length, at: (blobs[member]?.offset ?? 0) - offset };
      ranges.push(range);
    }
    return { ranges, places, release: () => this.#release(used) };
  }

  /** Nobody may be reading. */
  async close(): Promise<void> {
    for (const { fd } of this.#open.values()) {
      const known = await fd.catch(() => undefined);
      if (known !== undefined) this.#close(known);
    }
    this.#open.clear();
  }

  async #range(pack: string, offset: number, length: number, used: Set<OpenPack>): Promise<PackRange | undefined> {
    const open = this.#openPack(pack);
    if (!used.has(open)) {
      used.add(open);
      open.users += 1;
    }
    const fd = await open.fd;
    if (fd !== undefined) return { fd, offset, length };
    try {
      const bytes = await this.#packs.load(pack, offset, length);
      return bytes && { bytes };
    } catch (error) {
      // Cut off: whoever reads blob by blob finds out what is left of it.
      if (isStillpointError(error, 'repository-damaged')) return undefined;
      throw error;
    }
  }

  #openPack(pack: string): OpenPack {
    const known = this.#open.get(pack);
    if (known) return known;
    const fd = this.#packs.open(pack);
    // Whoever waits for it hears of it.
    fd.catch(() => {});
    const open: OpenPack = { fd, users: 0 };
    this.#open.set(pack, open);
    return open;
  }

  #release(used: ReadonlySet<OpenPack>): void {
    for (const open of used) open.users -= 1;
    for (const [pack, { fd, users }] of this.#open) {
      if (this.#open.size <= keptOpen) return;
      if (users > 0) continue;
      this.#open.delete(pack);
      fd.then(
        (known) => known !== undefined && this.#close(known),
        () => {},
      );
    }
  }
}

interface Stretch {
  readonly pack: string;
  readonly offset: number;
  end: number;
  /** Indexes of the blobs in it. */
  readonly members: number[];
}

function stretchesOf(blobs: readonly LocatedBlob[]): readonly Stretch[] {
  const order = blobs.map((_, index) => index);
  const blobAt = (index: number): LocatedBlob => blobs[index] as LocatedBlob;
  order.sort((one, other) => {
    const [a, b] = [blobAt(one), blobAt(other)];
    return a.pack === b.pack ? a.offset - b.offset : a.pack < b.pack ? -1 : 1;
  });
  const stretches: Stretch[] = [];
  for (const index of order) {
    const { pack, offset, length } = blobAt(index);
    const last = stretches.at(-1);
    if (last?.pack === pack && offset <= last.end + widestGap) {
      last.end = Math.max(last.end, offset + length);
      last.members.push(index);
    } else stretches.push({ pack, offset, end: offset + length, members: [index] });
  }
  return stretches;
}
