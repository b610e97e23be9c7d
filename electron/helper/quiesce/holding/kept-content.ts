import { readSync } from 'node:fs';
import { StillpointError, throwIfAborted } from '../../../../shared/errors/index.ts';
import { hasCode } from '../../system/errno.ts';
import { dataExtents } from '../../system/sparse.ts';
import type { ContentSink, ContentVerdict, EntryMeta, StillContent } from '../contract.ts';
import { whyOneUnreadable } from '../view/unreadable.ts';
import type { Spool } from './spool.ts';
import type { TimeBudget } from './time-budget.ts';

/** A part of a file: bytes kept in the spool, or zeros that the source does not store. */
export type Piece =
  | { readonly kind: 'data'; readonly position: number; readonly length: number }
  | { readonly kind: 'hole'; readonly length: number };

/** What was read of one file while writers were held. */
export type KeptContent =
  | { readonly state: 'whole'; readonly pieces: readonly Piece[] }
  | { readonly state: 'unreadable'; readonly reason: string };

const pieceBytes = 1024 * 1024;

/**
 * Reads an open file into a spool: synchronous, holes kept as holes, watching the time. `size` and `blocks` (of 512 bytes)
 * are those of a look at the same descriptor.
 */
export function keepContent(
  fd: number,
  { size: bigSize, blocks }: { readonly size: bigint; readonly blocks: bigint },
  spool: Spool,
  budget: Pick<TimeBudget, 'didBytes'>,
): KeptContent {
  const size = Number(bigSize);
  if (size === 0) return { state: 'whole', pieces: [] };
  const isSparse = Number(blocks) * 512 < size;
  const pieces: Piece[] = [];
  try {
    let position = 0;
    for (const { offset, length } of isSparse ? dataExtents(fd, size) : [{ offset: 0, length: size }]) {
      if (offset > position) pieces.push({ kind: 'hole', length: offset - position });
      keepRange(fd, offset, length, pieces, spool, budget);
      position = offset + length;
    }
    if (size > position) pieces.push({ kind: 'hole', length: size - position });
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    // Of a file that cannot change, so never by a writer: its filesystem contradicts itself.
    if (length !== size) return { state: 'unreadable', reason: 'It ends before its size says.' };
    return { state: 'whole', pieces };
  } catch (error) {
    const reason = whyOneUnreadable(error);
    if (reason === undefined) throw error;
    return { state: 'unreadable', reason };
  }
}

function keepRange(
  fd: number,
  offset: number,
  length: number,
  pieces: Piece[],
  spool: Spool,
  budget: Pick<TimeBudget, 'didBytes'>,
): void {
  let done = 0;
  while (done < length) {
    const slot = spool.slot(Math.min(length - done, pieceBytes));
    const position = spool.length;
    const count = readSync(fd, slot, 0, slot.length, offset + done);
    // Shorter than it was a moment ago: only in a rehearsal, when nobody is held.
    if (count === 0) return;
    spool.commit(slot, count);
    pieces.push({ kind: 'data', position, length: count });
    done += count;
    budget.didBytes(count);
  }
}

/** Bytes of a content that are in the spool. */
export function keptBytes(content: KeptContent): number {
  if (content.state !== 'whole') return 0;
  return content.pieces.reduce((sum, piece) => (piece.kind === 'data' ? sum + piece.length : sum), 0);
}

/** What was kept, as content of a view. Good as long as the spool is. */
export function stillContentOf(content: KeptContent, meta: EntryMeta, spool: Spool): StillContent {
  return {
    base: null,
    async readInto(sink: ContentSink, signal: AbortSignal): Promise<ContentVerdict> {
      if (content.state === 'unreadable') return content;
      for (const piece of content.pieces) {
        if (piece.kind === 'hole') {
          await sink.hole(piece.length);
          continue;
        }
        for (let done = 0; done < piece.length; ) {
          throwIfAborted(signal);
          const bytes = await spool.read(piece.position + done, piece.length - done);
          await sink.data(bytes);
          done += bytes.length;
        }
      }
      return { state: 'whole', meta };
    },
  };
}

/** Why a file cannot be read. What is wrong with ourselves, not with the file, is thrown again: it spoils everything. */
export function whyUnreadable(error: unknown): string {
  if (hasCode(error, 'EMFILE', 'ENFILE')) throw tooManyFiles(error);
  const reason = whyOneUnreadable(error);
  if (reason === undefined) throw error;
  return reason;
}

function tooManyFiles(cause: unknown): StillpointError {
  return new StillpointError({
    kind: 'freeze-refused',
    message: 'There are more files than can be open at once, which a copy while writers wait needs.',
    guidance: 'Raise the limit of open files for Stillpoint’s helper, protect smaller folders, or back up live.',
    cause,
  });
}
