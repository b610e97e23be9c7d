import type { Readable } from 'node:stream';
import { StillpointError } from '../../../shared/errors/index.ts';

const newline = 0x0a;

/**
 * Yields the lines of a byte stream without their newline. A line longer than `maxBytes` ends the stream with
 * `protocol`: its sender is broken or hostile, and nothing after it can be trusted to begin a frame.
 */
export async function* readLines(input: Readable, maxBytes: number): AsyncGenerator<string> {
  let parts: Buffer[] = [];
  let held = 0;
  for await (const piece of input as AsyncIterable<Buffer>) {
    let from = 0;
    for (;;) {
      const end = piece.indexOf(newline, from);
      const stop = end === -1 ? piece.length : end;
      held += stop - from;
      if (held > maxBytes) throw tooLong(maxBytes);
      if (stop > from) parts.push(piece.subarray(from, stop));
      if (end === -1) break;
      yield Buffer.concat(parts).toString('utf8');
      parts = [];
      held = 0;
      from = end + 1;
    }
  }
}

function tooLong(maxBytes: number): StillpointError {
  return new StillpointError({
    kind: 'protocol',
    message: `A message was longer than ${maxBytes} bytes.`,
    guidance: 'This is a defect in one of the two programs; restart the app.',
    field: 'frame',
  });
}
