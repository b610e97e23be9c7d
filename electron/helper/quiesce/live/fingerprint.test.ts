import { describe, expect, it } from 'vitest';
import type { Statx } from '../../system/statx.ts';
import { Fingerprint } from './fingerprint.ts';

const stat: Statx = {
  mode: 0o100644,
  links: 1,
  uid: 1000,
  gid: 1000,
  inode: 12n,
  size: 4096n,
  blocks: 8n,
  atimeNs: 1n,
  ctimeNs: 1_763_604_003_000_000_001n,
  mtimeNs: 1_763_604_003_000_000_002n,
  deviceId: 1n,
  rdev: 0n,
  mountId: 1,
  isMountRoot: false,
};

describe('Fingerprint', () => {
  const fingerprint = new Fingerprint();
  const keyOf = (...names: readonly string[]): number =>
    fingerprint.key(names.reduce((lanes, name) => fingerprint.child(lanes, Buffer.from(name)), fingerprint.root));

  it('is the same for the same path, and exact as a number', () => {
    expect(keyOf('a', 'b')).toBe(keyOf('a', 'b'));
    expect(Number.isSafeInteger(keyOf('a', 'b'))).toBe(true);
  });

  it('tells a quarter of a million paths apart', () => {
    const keys = new Set<number>();
    for (let folder = 0; folder < 500; folder += 1)
      for (let file = 0; file < 500; file += 1) keys.add(keyOf(`folder-${folder}`, `file-${file}.txt`));
    expect(keys.size).toBe(250_000);
  });

  it('knows where one name ends and the next begins', () => {
    expect(new Set([keyOf('ab', 'c'), keyOf('a', 'bc'), keyOf('abc'), keyOf('a', 'b', 'c')]).size).toBe(4);
  });

  it.each([
    ['mode', { mode: 0o100600 }],
    ['owner', { uid: 0 }],
    ['group', { gid: 0 }],
    ['links', { links: 2 }],
    ['inode', { inode: 13n }],
    ['inode beyond 32 bits', { inode: 12n + (1n << 32n) }],
    ['size', { size: 4097n }],
    ['content', { mtimeNs: stat.mtimeNs + 1n }],
    ['anything', { ctimeNs: stat.ctimeNs + 1n }],
    ['device number', { rdev: 5n }],
  ] as const)('sees a change of %s', (_what, change) => {
    expect(fingerprint.metadata({ ...stat, ...change })).not.toBe(fingerprint.metadata(stat));
  });

  it('does not mind that something was read', () => {
    expect(fingerprint.metadata({ ...stat, atimeNs: 99n })).toBe(fingerprint.metadata(stat));
  });

  it('cannot be foreseen: another run has other keys', () => {
    expect(new Fingerprint().metadata(stat)).not.toBe(fingerprint.metadata(stat));
  });
});
