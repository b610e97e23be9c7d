import { read } from 'node:fs';
import { throwIfAborted } from '../../../../shared/errors/index.ts';
import { dataExtents } from '../../system/sparse.ts';
import type { ContentSink, ContentVerdict, EntryMeta, StillContent } from '../contract.ts';
import type { HotFile } from './contract.ts';
import { type KeptRun, pageBytes } from './protocol.ts';

/** What reading a held file needs of whoever holds it. */
export interface Keeper {
  /**
   * What was kept of these bytes, complete up to `next`; everything below `copied` is not kept any longer. Undefined: the
   * content is lost, and `tornReason` says why.
   */
  kept(
    from: number,
    to: number,
    copied: number,
  ): { readonly runs: readonly KeptRun[]; readonly next: number } | undefined;
  /** Kept bytes, from a position in the arena on. */
  read(into: Buffer, arenaPosition: number): void;
  /** Ends the hold on this file. Null when nothing slipped by until then. */
  finish(): string | null;
  tornReason(): string;
}

const pieceBytes = 1024 * 1024;

/**
 * The content of a file as it was at the hold: each piece is read as it is now, and then whatever was kept of it meanwhile
 * is laid over. Nothing is overwritten before it is kept, so what was read too late is always covered.
 */
export function heldContent(file: HotFile, meta: EntryMeta, keeper: Keeper): StillContent {
  let isRead = false;
  return {
    base: null,
    async readInto(sink, signal): Promise<ContentVerdict> {
      if (isRead) return { state: 'torn', meta, reason: 'It was held still for one reading, and was read twice.' };
      isRead = true;
      const size = Number(meta.size);
      const reading: Reading = { file, keeper, sink, signal, buffer: Buffer.allocUnsafe(Math.min(size, pieceBytes)) };
      // One look is enough: what is a hole now and was none at the hold, or is none later, was kept before it changed.
      const extents = dataExtents(file.fd, size);
      let position = 0;
      for (const { offset, length } of [...extents, { offset: size, length: 0 }]) {
        if (!(await sendHole(reading, position, offset))) return torn(meta, keeper.tornReason());
        if (!(await sendStored(reading, offset, offset + length))) return torn(meta, keeper.tornReason());
        position = offset + length;
      }
      const reason = keeper.finish();
      return reason === null ? { state: 'whole', meta } : torn(meta, reason);
    },
  };
}

function torn(meta: EntryMeta, reason: string): ContentVerdict {
  return { state: 'torn', meta, reason };
}

interface Reading {
  readonly file: HotFile;
  readonly keeper: Keeper;
  readonly sink: ContentSink;
  readonly signal: AbortSignal;
  readonly buffer: Buffer;
}

/** False when the content is lost. */
async function sendStored(reading: Reading, from: number, to: number): Promise<boolean> {
  const { file, sink, signal, buffer } = reading;
  for (let position = from; position < to; ) {
    throwIfAborted(signal);
    const end = Math.min(to, (Math.floor(position / pieceBytes) + 1) * pieceBytes);
    const bytes = buffer.subarray(0, end - position);
    bytes.fill(0, await readFully(file.fd, bytes, position));
    // Asked only now: what is kept later is of bytes that had not changed when they were read.
    for (let at = position; at < end; ) {
      const kept = reading.keeper.kept(at, end, position);
      if (kept === undefined) return false;
      for (const run of kept.runs) layOver(reading.keeper, bytes, position, run);
      at = kept.next;
    }
    await sink.data(bytes);
    position = end;
  }
  return true;
}

/** What was punched since the hold was kept; what was written into the hole since then was kept as zeros. */
async function sendHole(reading: Reading, from: number, to: number): Promise<boolean> {
  const { keeper, sink, signal, buffer } = reading;
  for (let position = from; position < to; ) {
    throwIfAborted(signal);
    const kept = keeper.kept(position, to, position);
    if (kept === undefined) return false;
    for (const [page, count, arenaPage] of kept.runs) {
      const start = Math.max(position, page * pageBytes);
      const end = Math.min(to, (page + count) * pageBytes);
      if (start > position) await sink.hole(start - position);
      for (position = start; position < end; ) {
        const bytes = buffer.subarray(0, Math.min(end - position, buffer.length));
        keeper.read(bytes, (arenaPage - page) * pageBytes + position);
        await sink.data(bytes);
        position += bytes.length;
      }
    }
    if (kept.next > position) await sink.hole(kept.next - position);
    position = kept.next;
  }
  return true;
}

/** `bytes` begin at `position` of the file. */
function layOver(keeper: Keeper, bytes: Buffer, position: number, [page, count, arenaPage]: KeptRun): void {
  const start = Math.max(position, page * pageBytes);
  const end = Math.min(position + bytes.length, (page + count) * pageBytes);
  keeper.read(bytes.subarray(start - position, end - position), (arenaPage - page) * pageBytes + start);
}

/** Bytes read; fewer than wanted at the end of a file that is shorter now. */
async function readFully(fd: number, into: Buffer, position: number): Promise<number> {
  for (let done = 0; ; ) {
    const count = await new Promise<number>((resolve, reject) => {
      read(fd, into, done, into.length - done, position + done, (error, length) =>
        error === null ? resolve(length) : reject(error),
      );
    });
    done += count;
    if (count === 0 || done === into.length) return done;
  }
}
