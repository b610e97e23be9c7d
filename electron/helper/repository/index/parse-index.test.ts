import { describe, expect, it } from 'vitest';
import type { PackId } from '../format/ids.ts';
import { encodeIndexFile, type IndexedPack } from '../format/index-file.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { decodeAnyIndex } from './decode-index.ts';
import { type ParsedIndex, parseIndex } from './parse-index.ts';

const random = new SeededRandom(404);
const newId = (): string => random.bytes(32).toString('hex');

function sample(packs: number): string {
  const listed = Array.from({ length: packs }, (): IndexedPack => {
    const type = random.pick(['data', 'tree'] as const);
    const blobs = Array.from({ length: random.int(6) }, () => {
      const length = random.int(2 ** 31);
      return { type, id: newId(), offset: random.int(2 ** 31), length, uncompressedLength: random.int(3) * length };
    });
    return { id: newId() as PackId, blobs };
  });
  return encodeIndexFile({ supersedes: Array.from({ length: random.int(3) }, newId), packs: listed });
}

function parse(text: string): ParsedIndex | undefined {
  const steps = parseIndex(Buffer.from(text));
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
}

function generally(text: string): ParsedIndex | undefined {
  try {
    return decodeAnyIndex(Buffer.from(text));
  } catch {
    return undefined;
  }
}

describe('the reader of index files', () => {
  it('reads what we write, and restic, as the general decoder does', () => {
    for (let round = 0; round < 100; round += 1) {
      const text = sample(round % 7);
      expect(parse(text)).toEqual(generally(text));
      expect(parse(`${text}\n`)).toEqual(generally(text));
      expect(parse(text)).toBeDefined();
    }
  });

  it('never reads anything else than the general decoder, whatever is changed', () => {
    const text = sample(4);
    for (let round = 0; round < 5000; round += 1) {
      const at = random.int(text.length);
      const put = random.pick(['', '0', '1', 'f', '"', ',', '}', ']', ' ', '-', '.', 'e', 'x', '99999999999', 'A']);
      const changed = text.slice(0, at) + put + text.slice(at + random.int(2));
      const fast = parse(changed);
      if (fast !== undefined) expect(fast).toEqual(generally(changed));
    }
  });

  it('leaves other spellings to the general decoder', () => {
    const id = newId();
    const blob = `{"id":"${id}","type":"data","offset":0,"length":5}`;
    const of = (one: string): string => `{"packs":[{"id":"${id}","blobs":[${one}]}]}`;
    expect(parse(of(blob))).toEqual(generally(of(blob)));
    for (const other of [
      of(blob.replace('"length":5', '"length":05')),
      of(blob.replace('"offset":0', '"offset":4294967295')),
      of(blob.replace('"data"', '"date"')),
      of(blob.replace(id, id.toUpperCase())),
      of(`${blob},`),
      `${of(blob)} `,
      of(blob).slice(0, -1),
      '{"packs":null}',
    ])
      expect(parse(other)).toBeUndefined();
  });
});
