import type { BlobId } from '../../../../shared/domain/ids.ts';
import { Breather } from '../breather.ts';
import type { Sealer } from '../crypto/sealer.ts';
import type { BlobType } from '../format/blob.ts';
import type { BlobIndex } from '../index/blob-index.ts';
import type { Snapshot } from '../snapshots/snapshots.ts';
import { type MarkOptions, markBelow, treeOf, type Waiting } from './mark-used.ts';
import { needed } from './pack-choice.ts';

/** A look through all snapshots that may take more than one time. */
export interface PartOfLook {
  /** What an earlier part came to; what cannot be used of it begins anew. */
  readonly begun: Uint8Array | undefined;
  readonly isEnough: () => boolean;
}

export const wholeLook: PartOfLook = { begun: undefined, isEnough: () => false };

/** One mark per index entry, or what there is when it was enough before all was gone through. */
export type Marked = { readonly all: Uint8Array } | { readonly left: Uint8Array };

/**
 * `markUsed` for what snapshots need, in parts. What was found is kept by the ids of blobs: the index is another one next
 * time, and so are the snapshots. That is safe: what a tree holds follows from its id, and every tree that is kept as marked was gone
 * through, with all it holds marked or waiting. What snapshots needed that are gone since counts as needed, until a look
 * begins anew. Where anything that was found is in no index any more all of it is forgotten: the snapshots that are there
 * decide then, from the beginning. It is sealed with the key of the repository: nobody else can say what is needed.
 */
export async function markInParts(
  snapshots: readonly Snapshot[],
  sealer: Sealer,
  options: MarkOptions,
  { begun, isEnough }: PartOfLook,
): Promise<Marked> {
  const { index, onSnapshot } = options;
  const found = begun === undefined ? undefined : await decode(sealer, begun, index, options.signal);
  const all = found?.marks ?? new Uint8Array(index.size);
  const waiting: Waiting[] = (found?.waiting ?? []).map((tree) => ({ tree, where: 'an earlier look:' }));
  const left = (): Marked => ({ left: encode(sealer, index, all, waiting) });
  await markBelow(waiting, needed, all, options, isEnough);
  for (const [done, snapshot] of snapshots.entries()) {
    onSnapshot(done, snapshots.length);
    if (isEnough()) return left();
    waiting.push(treeOf(snapshot));
    await markBelow(waiting, needed, all, options, isEnough);
  }
  if (waiting.length > 0) return left();
  onSnapshot(snapshots.length, snapshots.length);
  return { all };
}

const version = 1;
const idLength = 32;
/** Looked up before the event loop may have its turn. */
const idsAtOnce = 1024;
const kinds: readonly (BlobType | 'waiting')[] = ['tree', 'data', 'waiting'];
const headLength = 1 + 4 * kinds.length;

/** Of copies each is named: for millions of blobs nothing is made of their ids but the bytes that are kept. */
function encode(sealer: Sealer, index: BlobIndex, marks: Uint8Array, waiting: readonly Waiting[]): Uint8Array {
  const { ids, types } = index.columns;
  const kindOf = (entry: number): number => (types[entry] === 1 ? 0 : 1);
  const counts = [0, 0, waiting.length];
  for (const [entry, bits] of marks.entries())
    if ((bits & needed) !== 0) counts[kindOf(entry)] = (counts[kindOf(entry)] ?? 0) + 1;
  const bytes = Buffer.alloc(headLength + idLength * counts.reduce((sum, count) => sum + count, 0));
  bytes[0] = version;
  const to: number[] = [];
  let next = headLength;
  for (const [at, count] of counts.entries()) {
    bytes.writeUInt32BE(count, 1 + 4 * at);
    to.push(next);
    next += idLength * count;
  }
  const place = (kind: number): number => {
    const at = to[kind] ?? 0;
    to[kind] = at + idLength;
    return at;
  };
  for (const [entry, bits] of marks.entries())
    if ((bits & needed) !== 0) bytes.set(ids.subarray(entry * idLength, (entry + 1) * idLength), place(kindOf(entry)));
  for (const { tree } of waiting) bytes.write(tree, place(2), 'hex');
  return sealer.seal(bytes);
}

/** Undefined where it is not ours, or not of what is there now. */
async function decode(
  sealer: Sealer,
  sealed: Uint8Array,
  index: BlobIndex,
  signal: AbortSignal | undefined,
): Promise<{ readonly marks: Uint8Array; readonly waiting: readonly BlobId[] } | undefined> {
  const breather = new Breather();
  const bytes = sealer.open(Buffer.from(sealed));
  if (bytes === undefined || bytes[0] !== version || bytes.length < headLength) return undefined;
  const counts = kinds.map((_, at) => bytes.readUInt32BE(1 + 4 * at));
  if (bytes.length !== headLength + idLength * counts.reduce((sum, count) => sum + count, 0)) return undefined;
  const marks = new Uint8Array(index.size);
  const waiting: BlobId[] = [];
  let from = headLength;
  for (const [at, kind] of kinds.entries())
    for (let left = counts[at] ?? 0; left > 0; left -= 1, from += idLength) {
      if (left % idsAtOnce === 0) await breather.breathe(signal);
      const id = bytes.toString('hex', from, from + idLength);
      const type = kind === 'waiting' ? 'tree' : kind;
      const mark = (entry: number): void => {
        if (kind !== 'waiting') marks[entry] = (marks[entry] ?? 0) | needed;
      };
      if (index.eachEntryOf(type, id, mark) === 0) return undefined;
      if (kind === 'waiting') waiting.push(id as BlobId);
    }
  return { marks, waiting };
}
