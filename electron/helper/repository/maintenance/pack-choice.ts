import type { ListedFile } from '../backend/contract.ts';
import { Breather } from '../breather.ts';
import { sealOverhead } from '../crypto/sealer.ts';
import type { PackId } from '../format/ids.ts';
import { headerLengthField } from '../format/pack-header.ts';
import type { BlobIndex } from '../index/blob-index.ts';
import { defaultMaxUnused, type PruneLimits, toleratedBytes } from './prune-limits.ts';

/** Bits of an entry beside the first, which `markUsed` sets: a snapshot needs the blob. */
export const needed = 1;
/** Of all copies of a needed blob, the one that is kept or copied. */
export const chosen = 2;

/** Longer packs would not fit into memory while they are copied; nobody writes such. */
const longestPack = 256 * 1024 * 1024;
/** Packs this much shorter than usual are hardly begun; so many of them are worth joining unasked, as in restic. */
const hardlyBegun = 25;
const manySmall = 10;
/** Looked at before the event loop may have its turn. */
const entriesAtOnce = 1024;
const rawHeaderEntry = 37;
const packedHeaderEntry = 41;

/** A pack that is to be written again, or to go because all it holds that is needed is elsewhere. */
export interface Source {
  readonly pack: PackId;
  readonly number: number;
  /** Length of the file. */
  readonly size: number;
  /** Bytes of its blobs that are copied, and of those that are not. */
  readonly copied: number;
  readonly spare: number;
}

export interface PackChoice {
  /** Listed packs with nothing that any snapshot needs. */
  readonly unused: ReadonlySet<PackId>;
  readonly unlisted: readonly ListedFile[];
  /** Packs that hold something needed of which no copy is there. */
  readonly missing: readonly PackId[];
  /** In the order in which they are to be taken. */
  readonly sources: readonly Source[];
  /** Bytes of blobs: needed once each; not needed, or superfluous copies, in packs that are needed for others. */
  readonly neededBytes: number;
  readonly spareBytes: number;
  /** Of the spare ones, those that stay. */
  readonly remaining: number;
}

interface PackState {
  readonly number: number;
  readonly pack: PackId;
  readonly size: number;
  /** Chosen bytes; the rest; of the rest, superfluous copies of what is needed. */
  readonly used: number;
  readonly spare: number;
  readonly copies: number;
  readonly isData: boolean;
  readonly isMixed: boolean;
}

/**
 * Which packs go, which are written again, and which stay. `marks` are those of `markUsed` with the bit `needed`; of each
 * needed blob one entry is marked `chosen` here: the only copy that is there, else the one in the pack that holds most of
 * what is needed only there.
 */
export async function choosePacks(
  index: BlobIndex,
  marks: Uint8Array,
  files: readonly ListedFile[],
  limits: PruneLimits,
  packTarget: number,
  signal?: AbortSignal,
): Promise<PackChoice> {
  const sizes = new Map(files.map(({ name, size }) => [name, size]));
  const here = Uint8Array.from(index.packIds, (id) => (sizes.has(id) ? 1 : 0));
  const count = index.packCount;
  const [used, spare, copies, length] = [sums(count), sums(count), sums(count), sums(count)];
  const isNeeded = new Uint8Array(count);
  const types = new Uint8Array(count);
  const lost = new Set<number>();
  const repeated: number[] = [];
  const ofCopies = (entry: number, visit: (copy: number) => void): void => {
    const { type, id } = index.blobAt(entry);
    index.eachEntryOf(type, id, visit);
  };
  const choose = (entry: number, bytes: number): void => {
    marks[entry] = (marks[entry] ?? 0) | chosen;
    add(used, index.packOf(entry), bytes);
  };
  const breather = new Breather();
  const eachEntry = async (visit: (entry: number, pack: number) => void): Promise<void> => {
    for (let entry = 0; entry < index.size; entry += 1) {
      if (entry % entriesAtOnce === 0) await breather.breathe(signal);
      visit(entry, index.packOf(entry));
    }
  };
  await eachEntry((entry, pack) => {
    const { type, id, length: bytes, uncompressedLength } = index.blobAt(entry);
    types[pack] = (types[pack] ?? 0) | (type === 'tree' ? 2 : 1);
    add(length, pack, bytes + (uncompressedLength > 0 ? packedHeaderEntry : rawHeaderEntry));
    if (((marks[entry] ?? 0) & needed) === 0) return add(spare, pack, bytes);
    isNeeded[pack] = 1;
    let [there, first] = [0, -1];
    index.eachEntryOf(type, id, (copy) => {
      if (first < 0) first = copy;
      there += here[index.packOf(copy)] ?? 0;
    });
    if (there === 0) lost.add(pack);
    else if (there === 1 && here[pack] === 1) choose(entry, bytes);
    else if (first === entry) repeated.push(entry);
  });
  for (const entry of repeated) {
    let best = -1;
    const rank = (copy: number): number => {
      const pack = index.packOf(copy);
      return here[pack] === 1 ? (used[pack] ?? 0) : -1;
    };
    ofCopies(entry, (copy) => {
      if (rank(copy) >= 0 && (best < 0 || rank(copy) > rank(best))) best = copy;
    });
    if (((marks[best] ?? 0) & chosen) === 0) choose(best, index.blobAt(best).length);
  }
  await eachEntry((entry, pack) => {
    if (((marks[entry] ?? 0) & (needed | chosen)) !== needed) return;
    const { length: bytes } = index.blobAt(entry);
    add(spare, pack, bytes);
    add(copies, pack, bytes);
  });
  const states: PackState[] = [];
  const unused = new Set<PackId>();
  for (const [number, pack] of index.packIds.entries()) {
    const size = sizes.get(pack);
    if (isNeeded[number] === 0) unused.add(pack);
    else
      states.push({
        ...{ number, pack, used: used[number] ?? 0, spare: spare[number] ?? 0, copies: copies[number] ?? 0 },
        // Longer or shorter than what is listed of it: somebody else’s, or damaged. It stays as it is.
        size:
          size === (length[number] ?? 0) + sealOverhead + headerLengthField || size === undefined ? (size ?? 0) : -1,
        isData: types[number] === 1,
        isMixed: types[number] === 3,
      });
  }
  const neededBytes = states.reduce((sum, state) => sum + state.used, 0);
  const spareBytes = states.reduce((sum, state) => sum + state.spare, 0);
  const taken = select(states, limits, packTarget, neededBytes, spareBytes);
  return {
    ...{ unused, neededBytes, spareBytes },
    unlisted: files.filter(({ name }) => !index.hasPack(name as PackId)),
    missing: [...lost].map((number) => index.packIds[number] as PackId),
    sources: taken.map(({ pack, number, size, spare: rest, used: copied }) => ({
      pack,
      number,
      size,
      copied,
      spare: rest,
    })),
    remaining: spareBytes - taken.reduce((sum, state) => sum + state.spare, 0),
  };
}

/** What restic’s prune would take, but nothing of which nothing is gained. */
function select(
  states: readonly PackState[],
  limits: PruneLimits,
  packTarget: number,
  neededBytes: number,
  spareBytes: number,
): PackState[] {
  const {
    maxUnused = defaultMaxUnused,
    maxRepackBytes = Number.POSITIVE_INFINITY,
    repackSmall,
    onlyWorthwhile,
  } = limits;
  const fit = states.filter(({ size }) => size >= 0 && size <= longestPack);
  const empty = fit.filter(({ used }) => used === 0);
  const partly = fit.filter(({ used, spare, isMixed }) => used > 0 && (spare > 0 || isMixed));
  const isSmall = ({ size }: PackState): boolean =>
    repackSmall === true ? size < packTarget * 0.8 : size < packTarget / hardlyBegun;
  const small = fit.filter((state) => state.used > 0 && state.spare === 0 && !state.isMixed && isSmall(state));
  const joined = repackSmall === true ? joinable(small, packTarget) : small.length < manySmall ? [] : small;
  const tolerated = toleratedBytes(maxUnused, neededBytes);
  let left = spareBytes - empty.reduce((sum, { spare }) => sum + spare, 0);
  let repacked = 0;
  const taken: PackState[] = [...empty];
  const first = ({ isData }: PackState): number => (isData ? 1 : 0);
  const order = [...partly, ...joined].sort(
    (one, other) =>
      first(one) - first(other) || other.spare * one.used - one.spare * other.used || one.number - other.number,
  );
  for (const state of order) {
    if (repacked + state.used + state.spare > maxRepackBytes) continue;
    const isGain = state.copies > 0 || state.spare >= state.used;
    if (onlyWorthwhile === true && !isGain) continue;
    const isMerge = state.spare === 0 && !state.isMixed;
    // Trees are few and read often: they are kept together, as restic does.
    if (state.isData && !isMerge && left <= tolerated) continue;
    taken.push(state);
    repacked += state.used + state.spare;
    left -= state.spare;
  }
  return withoutLoneMerges(taken);
}

/** Of each type those that become fewer by being joined. */
function joinable(small: readonly PackState[], packTarget: number): PackState[] {
  return [true, false].flatMap((isData) => {
    const same = small.filter((state) => state.isData === isData);
    const bytes = same.reduce((sum, { size }) => sum + size, 0);
    return Math.ceil(bytes / packTarget) < same.length ? same : [];
  });
}

/** A limit may have left one small pack of its type: nothing is gained by writing it again. */
function withoutLoneMerges(taken: readonly PackState[]): PackState[] {
  const written = (isData: boolean): number =>
    taken.filter((state) => state.used > 0 && state.isData === isData).length;
  return taken.filter((state) => state.used === 0 || state.spare > 0 || state.isMixed || written(state.isData) > 1);
}

function sums(count: number): Float64Array {
  return new Float64Array(count);
}

function add(to: Float64Array, at: number, bytes: number): void {
  to[at] = (to[at] ?? 0) + bytes;
}
