import type { Pace } from '../contract.ts';
import { longestAnswer, pieceLength } from './contract.ts';
import { cutOff, tooLong } from './failures.ts';

/** Where a body goes: a request, a stream of HTTP/2, a pipe. */
export interface BodyTarget {
  readonly destroyed: boolean;
  write(piece: Uint8Array, done: (error?: Error | null) => void): unknown;
  end(): unknown;
}

/** Sends a body piece by piece, each when `pace` lets it and the one before is taken. Stops without a word when `isOver`. */
export async function sendBody(
  target: BodyTarget,
  body: Uint8Array,
  pace: Pace | undefined,
  isOver: () => boolean,
): Promise<void> {
  for (let at = 0; at < body.length && !isOver() && !target.destroyed; at += pieceLength) {
    const piece = body.subarray(at, at + pieceLength);
    await pace?.(piece.length);
    if (isOver() || target.destroyed) return;
    await new Promise<void>((resolve, reject) => {
      target.write(piece, (error) => (error ? reject(error) : resolve()));
    });
  }
  if (!isOver() && !target.destroyed) target.end();
}

/** Collects a body, asking `pace` for every piece. `expected` in bytes when it was announced. */
export async function readBody(
  source: AsyncIterable<Buffer>,
  expected: number | undefined,
  pace: Pace | undefined,
  where: string,
): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of source) {
    await pace?.(piece.length);
    length += piece.length;
    if (length > longestAnswer) throw tooLong(where);
    pieces.push(piece);
  }
  if (expected !== undefined && length !== expected) throw cutOff(where, length, expected);
  return Buffer.concat(pieces, length);
}

/** What a `content-length` says; undefined where it says nothing believable. */
export function announcedLength(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
