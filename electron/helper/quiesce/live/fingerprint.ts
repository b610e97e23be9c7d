import { randomInt } from 'node:crypto';
import type { Statx } from '../../system/statx.ts';

/** Two 32-bit lanes; both together, folded, give a key of 53 bits, which a JavaScript number holds exactly. */
export interface Lanes {
  readonly low: number;
  readonly high: number;
}

/**
 * Keys for paths and for metadata, so that two looks at a million entries can be compared in a hundred megabytes. Seeded
 * at random: two entries of one scan share a key with a chance of 1 in 10^5 for a million entries, and nobody can choose
 * names that do.
 */
export class Fingerprint {
  readonly #seed: Lanes = { low: randomInt(2 ** 32), high: randomInt(2 ** 32) };

  get root(): Lanes {
    return this.#seed;
  }

  /** Lanes of an entry from those of its directory. */
  child(directory: Lanes, name: Uint8Array): Lanes {
    let { low, high } = directory;
    low = Math.imul(low ^ 0x2f, 0x01000193);
    high = Math.imul(high ^ 0x2f, 0x5bd1e995);
    for (let index = 0; index < name.length; index += 1) {
      const byte = name[index] ?? 0;
      low = Math.imul(low ^ byte, 0x01000193);
      high = mix(high ^ byte);
    }
    return { low, high };
  }

  key(lanes: Lanes): number {
    return fold(mix(lanes.low ^ lanes.high), mix(lanes.high ^ this.#seed.low));
  }

  /** Everything of an entry that a change moves. atime is not part of it: reading moves it. */
  metadata(stat: Statx): number {
    let { low, high } = this.#seed;
    const add = (word: number): void => {
      low = mix(low ^ word);
      high = mix(Math.imul(high, 0x5bd1e995) ^ word);
    };
    add(stat.mode);
    add(stat.uid);
    add(stat.gid);
    add(stat.links);
    longs[0] = stat.inode;
    longs[1] = stat.size;
    longs[2] = stat.mtimeNs;
    longs[3] = stat.ctimeNs;
    longs[4] = stat.rdev;
    for (let at = 0; at < words.length; at += 1) add(words[at] ?? 0);
    return fold(low, high);
  }
}

/** Numbers of 64 bits by their halves, whatever their sign, without making new ones: there are five of every entry. */
const longs = new BigInt64Array(5);
const words = new Int32Array(longs.buffer);

/** Spreads every bit of a word over all of it (the finaliser of MurmurHash3, which is in the public domain). */
function mix(word: number): number {
  let value = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return value ^ (value >>> 16);
}

function fold(low: number, high: number): number {
  return (high >>> 11) * 2 ** 32 + (low >>> 0);
}
