import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';

export const blockBytes = 4096;
const together = 256;
const words = new Uint32Array((blockBytes / 4) * together);
const bytes = Buffer.from(words.buffer);

/** What a block holds before anybody wrote to it: another for each, that nothing can make smaller. Good until the next call. */
export function fillerOf(block: number): Buffer {
  put(block, 0);
  return bytes.subarray(0, blockBytes);
}

/** A file full of it, on the disk when this returns. */
export function fillFile(path: string, blocks: number): void {
  const fd = openSync(path, 'w');
  try {
    for (let first = 0; first < blocks; first += together) {
      const count = Math.min(together, blocks - first);
      for (let index = 0; index < count; index += 1) put(first + index, index);
      const length = count * blockBytes;
      for (let done = 0; done < length; ) done += writeSync(fd, bytes, done, length - done, first * blockBytes + done);
    }
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Marsaglia's xorshift with 32 bits, begun from the block's number. */
function put(block: number, index: number): void {
  let state = (Math.imul(block + 1, 2654435761) ^ 0x9e3779b9) >>> 0 || 1;
  const from = index * (blockBytes / 4);
  for (let at = from; at < from + blockBytes / 4; at += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[at] = state;
  }
}
