import { beforeEach, describe, expect, it } from 'vitest';
import type { EntryMeta, StillEntry } from '../contract.ts';
import type { HandleKey } from '../tracking/contract.ts';
import { createPicture, type NamedLook, type Picture, standInKey } from './index.ts';

const keyOf = (name: string): HandleKey => `\x01\0\0\0${name.padEnd(8, '.')}` as HandleKey;
const rootKey = keyOf('root');

function metaOf(type: EntryMeta['type'], more: Partial<EntryMeta> = {}): EntryMeta {
  const times = { mtimeNs: 1_000_000_001n, ctimeNs: 1_000_000_001n, atimeNs: 1n };
  const numbers = { uid: 0, gid: 0, inode: 9n, deviceId: 1n, links: 1n, rdev: 0n, size: 10n };
  return { type, mode: 0o644, ...times, ...numbers, linkTarget: null, xattrs: [], ...more };
}

function entry(name: string, type: EntryMeta['type'] = 'file', more: Partial<EntryMeta> = {}, key = name): NamedLook {
  return { name: Buffer.from(name), look: { key: keyOf(key), meta: metaOf(type, more), isStandIn: false } };
}

function standIn(directory: HandleKey, name: string): NamedLook {
  const key = standInKey(directory, Buffer.from(name));
  return { name: Buffer.from(name), look: { key, meta: metaOf('dir', { inode: 0n }), isStandIn: true } };
}

let picture: Picture;
beforeEach(() => {
  picture = createPicture({ key: rootKey, meta: metaOf('dir'), isStandIn: false }, { fsType: 'ext4' });
});

function list(directory: HandleKey, ...entries: NamedLook[]): void {
  picture.clearNamesMark(directory);
  picture.setNames(directory, entries);
}

function lookAtAll(): void {
  for (const { key, meta } of picture.entriesToLookAt()) {
    picture.clearLookMark(key);
    picture.setLook({ key, meta, isStandIn: false });
  }
}

function takeAll(): void {
  for (const { key, meta } of picture.filesToRead()) {
    picture.clearContentMark(key);
    const content = { length: Number(meta.size) };
    picture.setContent(key, { state: 'taken', content, meta, readFromNs: 5n, flushedNs: 4n });
  }
}

function firstRun(lists: () => void): string {
  picture.countFrom(null);
  picture.beginWalk();
  lists();
  lookAtAll();
  picture.endWalk();
  takeAll();
  const { id } = picture.markVersion(5_000_000_000n);
  picture.endRun();
  return id;
}

const toList = (): string[] => picture.directoriesToList().map(({ path }) => path.toString());
const rootOfView = (): StillEntry =>
  picture.view({ ancestors: [], rootName: Buffer.from('source'), fsType: 'ext4' }).root;

describe('a picture', () => {
  it('is complete when a walk has listed everything, and not before', () => {
    expect(toList()).toEqual(['']);
    picture.beginWalk();
    list(rootKey, entry('a', 'dir'), entry('f'));
    picture.endWalk();
    expect(picture.isComplete).toBe(false);
    picture.beginWalk();
    list(rootKey, entry('a', 'dir'), entry('f'));
    list(keyOf('a'), entry('b', 'dir'));
    expect(toList()).toEqual(['a/b']);
    list(keyOf('b'));
    picture.endWalk();
    expect(picture.isComplete).toBe(true);
    expect(picture.counts).toEqual({ files: 1, directories: 3, others: 0, bytes: 10 });
  });

  it('gives no version while something is left to do', () => {
    expect(() => picture.markVersion(null)).toThrow('left to look at');
    firstRun(() => list(rootKey, entry('f')));
    picture.countFrom(null);
    expect(picture.isClean).toBe(false);
    expect(() => picture.markVersion(null)).toThrow('left to look at');
  });

  it('wants what is written to while it is read', () => {
    const version = firstRun(() => list(rootKey, entry('f')));
    picture.countFrom(version);
    expect(picture.filesToRead()).toEqual([]);
    picture.content(keyOf('f'));
    picture.clearContentMark(keyOf('f'));
    picture.content(keyOf('f'));
    const taken = { state: 'taken', content: { length: 10 }, readFromNs: 5n, flushedNs: null } as const;
    picture.setContent(keyOf('f'), { ...taken, meta: metaOf('file') });
    expect(picture.filesToRead().map(({ content }) => content.state)).toEqual(['wanted']);
    picture.clearContentMark(keyOf('f'));
    picture.setContent(keyOf('f'), { ...taken, meta: metaOf('file') });
    expect(picture.filesToRead()).toEqual([]);
  });

  it('remembers what a content was taken with, whatever later looks show', () => {
    picture.beginWalk();
    list(rootKey, entry('f'));
    takeAll();
    picture.metadata(keyOf('f'));
    picture.clearLookMark(keyOf('f'));
    picture.setLook({ key: keyOf('f'), meta: metaOf('file', { mode: 0o600, ctimeNs: 7n }), isStandIn: false });
    const file = picture.file(keyOf('f'));
    expect(file?.meta.ctimeNs).toBe(7n);
    expect(file?.content).toMatchObject({ state: 'taken', meta: { ctimeNs: 1_000_000_001n }, flushedNs: 4n });
  });

  it('says at once that nothing changed', () => {
    const version = firstRun(() => {
      list(rootKey, entry('a', 'dir'), entry('f'));
      list(keyOf('a'), entry('g'), entry('l', 'symlink'));
    });
    picture.countFrom(version);
    expect(picture.isClean).toBe(true);
    expect(rootOfView().sameAs).toEqual({ version, below: { files: 2, directories: 1, others: 1, bytes: 20 } });
  });

  it('counts from nothing for a version that is not its own', () => {
    firstRun(() => list(rootKey, entry('f')));
    expect(picture.countFrom('another.1')).toBeNull();
    expect(picture.filesToRead()).toHaveLength(1);
    expect(rootOfView().sameAs).toBeUndefined();
  });

  it('keeps what is in a folder that is moved, and lists it again, for other rules may apply there', () => {
    const version = firstRun(() => {
      list(rootKey, entry('a', 'dir'), entry('b', 'dir'));
      list(keyOf('a'), entry('c', 'dir'));
      list(keyOf('b'));
      list(keyOf('c'), entry('f'));
    });
    picture.countFrom(version);
    list(keyOf('b'), entry('moved', 'dir', {}, 'c'));
    expect(picture.file(keyOf('f'))?.path()?.toString()).toBe('b/moved/f');
    // Where it was is listed again as well, in case it was told of only once.
    expect(toList()).toEqual(['a', 'b/moved']);
    expect(picture.filesToRead()).toHaveLength(1);
  });

  it('forgets what is gone at the end of a run, not before', () => {
    firstRun(() => {
      list(rootKey, entry('a', 'dir'), entry('b', 'dir'));
      list(keyOf('a'), entry('f'), entry('linked', 'file', { links: 2n }));
      list(keyOf('b'), entry('other', 'file', { links: 2n }, 'linked'));
    });
    list(rootKey, entry('b', 'dir'));
    expect(picture.file(keyOf('f'))?.path()).toBeNull();
    picture.endRun();
    expect(picture.file(keyOf('f'))).toBeUndefined();
    expect(picture.file(keyOf('linked'))?.path()?.toString()).toBe('b/other');
    expect(picture.counts).toEqual({ files: 1, directories: 2, others: 0, bytes: 10 });
  });

  it('comes to an end where a folder seems to be in itself, and forgets it when it is gone', () => {
    firstRun(() => {
      list(rootKey, entry('a', 'dir'));
      list(keyOf('a'), entry('b', 'dir'));
      list(keyOf('b'), entry('f'));
    });
    // Told by halves: b was moved out of a, and a into b.
    list(keyOf('b'), entry('f'), entry('a', 'dir'));
    expect(picture.file(keyOf('f'))?.path()).toBeNull();
    list(rootKey);
    picture.endRun();
    expect(picture.file(keyOf('f'))).toBeUndefined();
    expect(picture.counts).toEqual({ files: 0, directories: 1, others: 0, bytes: 0 });
  });

  it('looks at what could not be read in every run, and never takes it for the same', () => {
    const version = firstRun(() => {
      list(rootKey, entry('a', 'dir'), entry('f'));
      picture.clearNamesMark(keyOf('a'));
      picture.setNames(keyOf('a'), [], false);
      picture.setContent(keyOf('f'), { state: 'unreadable', reason: 'broken' });
    });
    expect(toList()).toEqual(['a']);
    picture.countFrom(version);
    expect(picture.filesToRead().map(({ key }) => key)).toEqual([keyOf('f')]);
    list(keyOf('a'));
    lookAtAll();
    takeAll();
    expect(rootOfView().sameAs).toBeUndefined();
  });

  it('makes up what stands in for a mount anew when its folder changes', () => {
    firstRun(() => {
      list(rootKey, entry('a', 'dir'));
      list(keyOf('a'), standIn(keyOf('a'), 'mount'));
    });
    expect(picture.counts.directories).toBe(3);
    picture.metadata(keyOf('a'));
    expect(toList()).toEqual([]);
    picture.clearLookMark(keyOf('a'));
    picture.setLook({ key: keyOf('a'), meta: metaOf('dir', { uid: 5 }), isStandIn: false });
    expect(toList()).toEqual(['a']);
  });

  it('lists a folder again whose mark is written', () => {
    firstRun(() => {
      list(rootKey, entry('a', 'dir'));
      list(keyOf('a'), entry('CACHEDIR.TAG', 'file', {}, 'tag'), entry('f'));
    });
    picture.content(keyOf('f'));
    expect(toList()).toEqual([]);
    picture.content(keyOf('tag'));
    expect(toList()).toEqual(['a']);
  });

  it('finds inodes by number', () => {
    firstRun(() => list(rootKey, entry('f', 'file', { inode: 2n ** 63n + 5n }), entry('g', 'file', { inode: 77n })));
    expect(picture.keysOfInode(2n ** 63n + 5n)).toEqual([keyOf('f')]);
    expect(picture.keysOfInode(78n)).toEqual([]);
    list(rootKey, entry('g', 'file', { inode: 77n }));
    picture.endRun();
    expect(picture.keysOfInode(2n ** 63n + 5n)).toEqual([]);
  });

  it('gives metadata back as it was looked at', () => {
    const meta = metaOf('symlink', {
      ...{ mode: 0o120777, uid: 4_000_000_000, gid: 3, size: 2n ** 40n, mtimeNs: -5n, ctimeNs: 2n ** 62n },
      ...{ atimeNs: 8n, links: 3n, deviceId: 2n ** 33n, rdev: 2n ** 35n, linkTarget: Buffer.from([0xff, 1]) },
      xattrs: [{ name: Buffer.from('user.a'), value: Buffer.from([0, 1]) }],
    });
    list(rootKey, { name: Buffer.from('l'), look: { key: keyOf('l'), meta, isStandIn: false } });
    picture.metadata(keyOf('l'));
    expect(picture.entriesToLookAt().find(({ key }) => key === keyOf('l'))?.meta).toEqual(meta);
  });

  it('knows keys of any length', () => {
    const long = `\x4d\0\0\0${'k'.repeat(100)}` as HandleKey;
    list(rootKey, { name: Buffer.from('f'), look: { key: long, meta: metaOf('file'), isStandIn: false } });
    expect(picture.file(long)?.path()?.toString()).toBe('f');
    list(rootKey);
    picture.endRun();
    expect(picture.file(long)).toBeUndefined();
  });

  it('looks again at what changed between a look in a listing and its end', () => {
    picture.beginWalk();
    picture.clearNamesMark(rootKey);
    // Looked at, and changed: nobody knows it yet.
    picture.metadata(keyOf('f'));
    picture.setNames(rootKey, [entry('f'), entry('g')]);
    expect(picture.entriesToLookAt().map(({ path }) => path.toString())).toEqual(['', 'f']);
  });

  it('looks twice at nothing because another listing came to nothing', () => {
    firstRun(() => {
      list(rootKey, entry('gone', 'dir'), entry('a'), entry('b'));
      list(keyOf('gone'));
    });
    picture.countFrom(null);
    picture.names(keyOf('gone'));
    picture.clearNamesMark(keyOf('gone'));
    // Its path led to something else.
    picture.dropListing(keyOf('gone'));
    expect(picture.directoriesToList().map(({ key }) => key)).toEqual([keyOf('gone')]);
    picture.metadata(keyOf('a'));
    lookAtAll();
    list(rootKey, entry('a'), entry('b'));
    expect(picture.entriesToLookAt()).toEqual([]);
    expect(picture.directoriesToList()).toEqual([]);
  });

  it('counts what a walk finds different untold, and nothing that was told', () => {
    firstRun(() => list(rootKey, entry('f'), entry('g')));
    picture.beginWalk();
    picture.metadata(keyOf('f'));
    list(rootKey, entry('f', 'file', { mode: 0 }), entry('g', 'file', { mode: 0 }));
    lookAtAll();
    expect(picture.endWalk()).toBe(1);
    expect(picture.isComplete).toBe(true);
  });

  it('holds folders in folders, and many entries in one', () => {
    const depth = 4_000;
    const count = 100_000;
    const version = firstRun(() => {
      list(rootKey, entry('0', 'dir'));
      for (let at = 0; at < depth; at += 1)
        list(
          keyOf(`${at}`),
          ...(at + 1 < depth
            ? [entry(`${at + 1}`, 'dir', { inode: BigInt(-1 - at) & 0xffff_ffff_ffffn })]
            : [entry('deep')]),
        );
      const many = Array.from({ length: count }, (_, at) => entry(`n${at}`, 'file', { inode: BigInt(at) }));
      list(rootKey, entry('0', 'dir'), ...many);
      list(rootKey, ...many.slice(1), entry('0', 'dir'));
    });
    expect(picture.counts).toMatchObject({ files: count, directories: depth + 1 });
    picture.countFrom(version);
    expect(rootOfView().sameAs?.version).toBe(version);
    picture.content(keyOf('deep'));
    expect(rootOfView().sameAs).toBeUndefined();
  }, 60_000);

  it('takes from no version what was read again, though nobody told of a change', async () => {
    const version = firstRun(() => list(rootKey, entry('a'), entry('b')));
    expect(picture.countFrom(version)?.id).toBe(version);
    const content = { length: 10 };
    picture.setContent(keyOf('a'), { state: 'taken', content, meta: metaOf('file'), readFromNs: 9n, flushedNs: 8n });
    picture.markVersion(6_000_000_000n);
    const { root } = picture.view({ ancestors: [], rootName: Buffer.from('root'), fsType: 'ext4' });
    expect(root.sameAs).toBeUndefined();
    const mostly = root.mostlyAs?.();
    expect(mostly?.changed.map(({ name }) => name.toString())).toEqual(['a']);
    expect(mostly?.changed[0]?.content?.taken).toBe(content);
    expect(mostly).toMatchObject({ version, names: 2, rest: { files: 1, directories: 0, others: 0, bytes: 10 } });
  });

  it('does not say what is in a folder whose names changed', () => {
    const version = firstRun(() => list(rootKey, entry('a'), entry('b')));
    picture.countFrom(version);
    picture.names(rootKey);
    list(rootKey, entry('a'), entry('c'));
    lookAtAll();
    takeAll();
    picture.markVersion(6_000_000_000n);
    const { root } = picture.view({ ancestors: [], rootName: Buffer.from('root'), fsType: 'ext4' });
    expect(root.mostlyAs?.()).toBeUndefined();
  });
});

describe('an inode that was given another generation', () => {
  const handle = (type: number, ...parts: readonly Buffer[]): HandleKey =>
    Buffer.concat([Buffer.from([type, 0, 0, 0]), ...parts]).toString('latin1') as HandleKey;
  const u32 = (value: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    return bytes;
  };
  const u64 = (value: bigint): Buffer => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(value);
    return bytes;
  };
  const large = 0x1_8000_0001n;

  it.each([
    ['ext4', 0x8000_0001n, (g: number) => handle(0x01, u32(0x8000_0001), u32(g)), handle(0x01, u32(7), u32(3))],
    ['xfs', large, (g: number) => handle(0x81, u64(large), u32(g)), handle(0x81, u64(0x8000_0001n), u32(3))],
    [
      'btrfs',
      large,
      (g: number) => handle(0x4d, u64(large), u64(5n), u32(g), u32(0)),
      // The same number in another subvolume.
      handle(0x4d, u64(large), u64(256n), u32(3), u32(0)),
    ],
  ] as const)(
    'is looked at again by its name and read when something is told of it: %s',
    (_, inode, keyWith, other) => {
      const named = (key: HandleKey): NamedLook => ({
        name: Buffer.from('data'),
        look: { key, meta: metaOf('file', { inode }), isStandIn: false },
      });
      const version = firstRun(() => list(rootKey, named(keyWith(1))));
      picture.countFrom(version);
      expect(picture.isClean).toBe(true);
      picture.content(other);
      picture.metadata(other);
      expect(picture.isClean).toBe(true);
      picture.content(keyWith(2));
      expect(picture.directoriesToList().map(({ key }) => key)).toEqual([rootKey]);
      expect(picture.filesToRead().map(({ key }) => key)).toEqual([keyWith(1)]);
      list(rootKey, named(keyWith(2)));
      expect(picture.filesToRead().map(({ key }) => key)).toEqual([keyWith(2)]);
    },
  );
});
