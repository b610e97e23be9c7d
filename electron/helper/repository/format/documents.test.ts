import { describe, expect, it } from 'vitest';
import type { BlobId, SnapshotId } from '../../../../shared/domain/ids.ts';
import { isStillpointError } from '../../../../shared/errors/index.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import type { PackedBlob } from './blob.ts';
import { decodeConfig, encodeConfig } from './config.ts';
import type { PackId } from './ids.ts';
import { decodeIndexFile, encodeIndexFile } from './index-file.ts';
import { decodeKeyFile, encodeKeyFile } from './key-file.ts';
import { decodeLockFile, encodeLockFile } from './lock-file.ts';
import { decodePackHeader, encodePackHeader } from './pack-header.ts';
import { decodeSnapshotFile, encodeSnapshotFile, retagSnapshotFile } from './snapshot-file.ts';
import { decodeUnpacked, encodeUnpacked } from './unpacked.ts';

const id = (digit: string): string => digit.repeat(64);
const damage = expect.objectContaining({ kind: 'repository-damaged' });
const unsupported = expect.objectContaining({ kind: 'unsupported-format' });

const blobs: PackedBlob[] = [
  { type: 'data', id: id('1'), offset: 0, length: 38, uncompressedLength: 0 },
  { type: 'data', id: id('2'), offset: 38, length: 112, uncompressedLength: 511 },
  { type: 'tree', id: id('3'), offset: 150, length: 123, uncompressedLength: 234 },
];

describe('pack headers', () => {
  it('has 37 bytes for a raw blob and 41 for a compressed one, and comes back whole', () => {
    const header = encodePackHeader(blobs);
    expect(header.length).toBe(37 + 41 + 41);
    expect([header[0], header[37], header[78]]).toEqual([0, 2, 3]);
    expect(decodePackHeader(header, 273)).toEqual(blobs);
  });

  it('refuses unknown types, cut ends and lengths that do not add up', () => {
    const header = encodePackHeader(blobs);
    expect(() => decodePackHeader(header, 272)).toThrow(damage);
    expect(() => decodePackHeader(header.subarray(0, -1), 273)).toThrow(damage);
    header[0] = 4;
    expect(() => decodePackHeader(header, 273)).toThrow(damage);
  });
});

describe('index files', () => {
  const index = { supersedes: [id('e')], packs: [{ id: id('d') as PackId, blobs }] };

  it('comes back whole, and leaves out what raw blobs do not have', () => {
    const text = encodeIndexFile(index);
    expect(decodeIndexFile(text)).toEqual(index);
    expect(JSON.parse(text).packs[0].blobs[0]).toEqual({ id: id('1'), type: 'data', offset: 0, length: 38 });
  });

  it('reads Go’s empty lists', () => {
    expect(decodeIndexFile('{"packs":null}')).toEqual({ supersedes: [], packs: [] });
  });

  it('refuses a blob beyond 4 GiB and an unknown type', () => {
    const bad = (change: object): string =>
      JSON.stringify({
        packs: [{ id: id('d'), blobs: [{ id: id('1'), type: 'data', offset: 0, length: 1, ...change }] }],
      });
    expect(() => decodeIndexFile(bad({ offset: 2 ** 32 - 1 }))).toThrow(damage);
    expect(() => decodeIndexFile(bad({ type: 'mixed' }))).toThrow(damage);
    expect(() => decodeIndexFile(bad({ length: -1 }))).toThrow(damage);
    expect(() => decodeIndexFile(bad({ id: '../../etc/passwd' }))).toThrow(damage);
  });
});

describe('the configuration', () => {
  const config = { version: 2, id: id('a') as never, chunkerPolynomial: '25b468838dcb75', chunkerVersion: 1 } as const;

  it('comes back whole, and reads one that restic wrote', () => {
    expect(decodeConfig(encodeConfig(config))).toEqual(config);
    const foreign = `{"version":1,"id":"${id('a')}","chunker_polynomial":"25b468838dcb75"}`;
    expect(decodeConfig(foreign)).toEqual({ ...config, version: 1, chunkerVersion: undefined });
  });

  it('refuses versions it does not know', () => {
    expect(() => decodeConfig(encodeConfig({ ...config, version: 3 as never }))).toThrow(unsupported);
    expect(() => decodeConfig(encodeConfig({ ...config, version: 0 as never }))).toThrow(damage);
  });
});

describe('snapshot files', () => {
  const snapshot = {
    timeNs: 1_420_218_650_895_208_559n,
    tree: id('b') as BlobId,
    paths: ['/home/me'],
    hostname: 'kasimir',
    username: 'me',
    uid: 1000,
    gid: 100,
    excludes: ['*.tmp'],
    tags: ['one', 'two'],
    parent: id('c') as SnapshotId,
    original: undefined,
    programVersion: 'stillpoint 0.1.0',
  };

  it('comes back whole', () => {
    expect(decodeSnapshotFile(encodeSnapshotFile(snapshot))).toEqual(snapshot);
  });

  it('keeps every field it does not know when tags change, and names its first form once', () => {
    const text = `{"time":"2015-01-02T18:10:50.895208559+01:00","tree":"${id('b')}","paths":["/x"],"summary":{"total_bytes_processed":18446744073709551615},"later":["?"]}`;
    const once = retagSnapshotFile(text, id('1') as SnapshotId, ['pin']);
    expect(once).toContain('"summary":{"total_bytes_processed":18446744073709551615},"later":["?"]');
    expect(once).toContain('"time":"2015-01-02T18:10:50.895208559+01:00"');
    expect(decodeSnapshotFile(once)).toMatchObject({ tags: ['pin'], original: id('1') });
    const twice = retagSnapshotFile(once, id('2') as SnapshotId, []);
    expect(decodeSnapshotFile(twice)).toMatchObject({ tags: [], original: id('1') });
  });

  it('refuses one without a tree', () => {
    expect(() => decodeSnapshotFile('{"time":"2015-01-02T18:10:50Z","paths":[]}')).toThrow(damage);
  });
});

describe('key and lock files', () => {
  it('come back whole', () => {
    const key = {
      hostname: 'h',
      username: 'u',
      createdNs: 5n,
      cost: { N: 32768, r: 8, p: 9 },
      salt: Buffer.alloc(64, 1),
      data: Buffer.alloc(100, 2),
    };
    expect(decodeKeyFile(encodeKeyFile(key))).toEqual(key);
    const lock = { timeNs: 5n, exclusive: true, hostname: 'h', username: 'u', pid: 7, uid: 1, gid: 2 };
    expect(decodeLockFile(encodeLockFile(lock))).toEqual(lock);
  });

  it('refuses a key derivation it does not know', () => {
    expect(() => decodeKeyFile('{"kdf":"argon2","created":"2015-01-02T18:10:50Z"}')).toThrow(unsupported);
  });
});

describe('sealed documents', () => {
  it('are compressed in version 2 and plain in version 1; both are read', () => {
    const json = `{"packs":[${'1,'.repeat(500)}1]}`;
    const packed = encodeUnpacked(json, 2);
    expect(packed[0]).toBe(2);
    expect(packed.length).toBeLessThan(200);
    expect(decodeUnpacked(packed, 'It')).toBe(json);
    expect(decodeUnpacked(encodeUnpacked(json, 1), 'It')).toBe(json);
  });

  it('refuses nothing, unknown encodings and broken frames', () => {
    expect(() => decodeUnpacked(Buffer.alloc(0), 'It')).toThrow(damage);
    expect(() => decodeUnpacked(Buffer.from([3, 1]), 'It')).toThrow(unsupported);
    expect(() => decodeUnpacked(Buffer.from([2, 1, 2, 3]), 'It')).toThrow(damage);
  });
});

describe('every decoder', () => {
  const decoders: Readonly<Record<string, (bytes: Buffer) => unknown>> = {
    header: (bytes) => decodePackHeader(bytes, 273),
    index: (bytes) => decodeIndexFile(bytes.toString('utf8')),
    config: (bytes) => decodeConfig(bytes.toString('utf8')),
    snapshot: (bytes) => decodeSnapshotFile(bytes.toString('utf8')),
    key: (bytes) => decodeKeyFile(bytes.toString('utf8')),
    lock: (bytes) => decodeLockFile(bytes.toString('utf8')),
    unpacked: (bytes) => decodeUnpacked(bytes, 'It'),
  };
  const time = '"2015-01-02T18:10:50Z"';
  const samples: Readonly<Record<string, Buffer>> = {
    header: encodePackHeader(blobs),
    index: Buffer.from(encodeIndexFile({ supersedes: [], packs: [{ id: id('d') as PackId, blobs }] })),
    config: Buffer.from(`{"version":2,"id":"${id('a')}","chunker_polynomial":"25b468838dcb75"}`),
    snapshot: Buffer.from(`{"time":${time},"tree":"${id('b')}","paths":["/x"],"tags":["a"]}`),
    key: Buffer.from(`{"kdf":"scrypt","N":2,"r":1,"p":1,"created":${time},"salt":"AAAA","data":"AAAA"}`),
    lock: Buffer.from(`{"time":${time},"exclusive":true,"pid":1,"uid":0,"gid":0}`),
    unpacked: encodeUnpacked('{"a":1}', 2),
  };

  it.each(Object.keys(decoders))('%s answers any bytes with a result or a StillpointError', (name) => {
    const decode = decoders[name];
    const sample = samples[name];
    if (!decode || !sample) throw new Error('no such decoder');
    decode(sample);
    const random = new SeededRandom(4);
    for (let round = 0; round < 2000; round += 1) {
      const bytes = random.int(5) === 0 ? random.bytes(random.int(300)) : Buffer.from(sample);
      for (let hit = 1 + random.int(4); hit > 0 && bytes.length > 0; hit -= 1)
        bytes[random.int(bytes.length)] = random.int(256);
      try {
        decode(bytes);
      } catch (error) {
        if (!isStillpointError(error)) throw error;
      }
    }
  });
});
