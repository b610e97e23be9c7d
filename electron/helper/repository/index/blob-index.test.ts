import { describe, expect, it } from 'vitest';
import { sha256 } from '../crypto/hash.ts';
import type { PackedBlob } from '../format/blob.ts';
import type { PackId } from '../format/ids.ts';
import { BlobIndex } from './blob-index.ts';
import { supersededFiles } from './superseded-files.ts';

const id = (text: string): string => sha256(Buffer.from(text));
const pack = (text: string): PackId => id(text) as PackId;
const blob = (text: string, offset: number, type: PackedBlob['type'] = 'data'): PackedBlob => ({
  type,
  id: id(text),
  offset,
  length: offset + 40,
  uncompressedLength: offset % 2 === 0 ? 0 : offset + 100,
});

describe('the index in memory', () => {
  it('finds each of many blobs, and none that it does not have', () => {
    const index = new BlobIndex();
    const count = 20_000;
    for (let number = 0; number < count; number += 1)
      index.add(pack(`p${number >> 8}`), [blob(`b${number}`, number & 255)]);
    expect(index.size).toBe(count);
    expect(index.packCount).toBe(Math.ceil(count / 256));
    for (let number = 0; number < count; number += 1) {
      const { offset, length, uncompressedLength } = blob('', number & 255);
      expect(index.find('data', id(`b${number}`))).toEqual({
        pack: pack(`p${number >> 8}`),
        offset,
        length,
        uncompressedLength,
      });
      expect(index.has('tree', id(`b${number}`))).toBe(false);
      expect(index.has('data', id(`other${number}`))).toBe(false);
    }
  });

  it('keeps every place of a blob and prefers the first; the same entry again counts once', () => {
    const index = new BlobIndex();
    index.add(pack('one'), [blob('x', 1)]);
    index.add(pack('two'), [blob('x', 7), blob('x', 9)]);
    index.add(pack('two'), [blob('x', 7)]);
    expect(index.size).toBe(3);
    expect(index.find('data', id('x'))?.pack).toBe(pack('one'));
    expect(index.findAll('data', id('x')).map(({ offset }) => offset)).toEqual([1, 7, 9]);
  });

  it('tells a data blob from a tree blob of the same bytes', () => {
    const index = new BlobIndex();
    index.add(pack('t'), [blob('x', 0, 'tree')]);
    index.add(pack('d'), [blob('x', 0, 'data')]);
    expect(index.find('tree', id('x'))?.pack).toBe(pack('t'));
    expect(index.find('data', id('x'))?.pack).toBe(pack('d'));
  });

  it('lists packs with their blobs by offset', () => {
    const index = new BlobIndex();
    index.add(pack('one'), [blob('b', 50), blob('a', 0)]);
    index.add(pack('two'), [blob('c', 0, 'tree')]);
    index.add(pack('one'), [blob('d', 25)]);
    const listed = [...index.packs()].map(({ id: packId, blobs }) => [packId, blobs.map(({ offset }) => offset)]);
    expect(listed).toEqual([
      [pack('one'), [0, 25, 50]],
      [pack('two'), [0]],
    ]);
  });
});

describe('superseded index files', () => {
  const replaced = (claims: Record<string, string[]>): string[] =>
    [...supersededFiles(new Map(Object.entries(claims)))].sort();

  it('are those that a file in force replaces, through any number of steps', () => {
    expect(replaced({ a: [], b: ['a'], c: ['b'] })).toEqual(['a', 'b']);
    expect(replaced({ a: [], b: ['gone'] })).toEqual([]);
  });

  it('are never all files of a circle', () => {
    expect(replaced({ a: ['b'], b: ['a'] })).toEqual([]);
    expect(replaced({ a: ['a'] })).toEqual([]);
    expect(replaced({ a: ['b'], b: ['a'], c: ['a'] })).toEqual(['a', 'b']);
  });
});
