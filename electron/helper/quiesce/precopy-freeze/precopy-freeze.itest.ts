import {
  appendFileSync,
  chmodSync,
  closeSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFilesystemSource } from '../../sources/index.ts';
import { identityFileOps } from '../../system/file-ops.ts';
import type { OpenWriters } from '../../system/open-writers.ts';
import { whyNoLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import { setXattr } from '../../system/xattr.ts';
import { examineFolder } from '../testing/examine-folder.ts';
import { freezeEnvironment } from '../testing/freeze-environment.ts';
import { startMappedWriter } from '../testing/mapped-writer/index.ts';
import { memoryAhead } from '../testing/memory-ahead.ts';
import { createPrecopyFreeze, precopySteps } from './index.ts';

import { justBefore, levelOf, openPrecopyScene, type PrecopyScene, textOf } from './testing/precopy-scene.ts';

const { signal } = new AbortController();
const mib = 1024 * 1024;
const _nobody: OpenWriters = { writers: [], gaps: [], trusted: [] };

describe.each(['ext4', 'xfs'] as const)('on %s', (type) => {
  const missing = whyNoLoopFilesystem(type);
  describe.skipIf(missing !== undefined)(missing ?? 'copied first, held for the rest', () => {
    let scene: PrecopyScene;
    beforeEach(async () => {
      scene = await openPrecopyScene(type);
    });
    afterEach(() => scene[Symbol.asyncDispose]());

    it('holds the whole tree, read before the pause, and earns filesystem', async () => {
      const sparse = openSync(join(scene.root, 'sparse'), 'w');
      writeSync(sparse, 'start', 0);
      ftruncateSync(sparse, 5 * mib);
      closeSync(sparse);
      linkSync(join(scene.root, 'folder', 'file'), join(scene.root, 'second-name'));
      symlinkSync('folder/file', join(scene.root, 'link'));
      setXattr(join(scene.root, 'folder', 'file'), 'user.note', Buffer.from('kept'));
      const result = await scene.copy();
      expect([...result.files.keys()].sort()).toEqual(['empty', 'folder/file', 'second-name', 'sparse']);
      expect(textOf(result, 'second-name')).toBe('content');
      expect(result.files.get('sparse')?.bytes.length).toBe(5 * mib);
      expect(result.files.get('folder/file')?.meta.xattrs).toEqual([
        { name: Buffer.from('user.note'), value: Buffer.from('kept') },
      ]);
      expect(levelOf(result)).toBe('filesystem');
      expect(result.evidence.hold).toMatchObject({ readInside: false, thawCause: 'command', thawConfirmed: true });
      expect(result.evidence.tracking).toMatchObject({
        ...{ continuedFrom: null, gaps: 0, doubts: [], retries: [], suspects: [] },
        ...{ drainedInside: true, restatInside: true, writerScanComplete: true },
      });
      // Once for both names of one inode.
      expect(result.ahead.taken).toHaveLength(3);
      expect(result.ahead.settled).toBe(1);
      expect(result.phases).toEqual(['precopy', 'flush', 'freeze', 'delta', 'thaw', 'rescan']);
    });

    it('takes in everything that happens right before the freeze', async () => {
      for (const name of ['kept', 'rewritten', 'removed', 'replaced', 'moved', 'grown', 'cut'])
        writeFileSync(join(scene.root, name), `${name} before`);
      mkdirSync(join(scene.root, 'old-place', 'deep'), { recursive: true });
      writeFileSync(join(scene.root, 'old-place', 'deep', 'inner'), 'inner');
      const result = await scene.copy({
        steps: justBefore(() => {
          writeFileSync(join(scene.root, 'rewritten'), 'rewritten after');
          unlinkSync(join(scene.root, 'removed'));
          writeFileSync(join(scene.root, 'fresh'), 'replaced after');
          renameSync(join(scene.root, 'fresh'), join(scene.root, 'replaced'));
          renameSync(join(scene.root, 'moved'), join(scene.root, 'folder', 'moved'));
          appendFileSync(join(scene.root, 'grown'), ' and more');
          writeFileSync(join(scene.root, 'cut'), '');
          linkSync(join(scene.root, 'kept'), join(scene.root, 'linked'));
          mkdirSync(join(scene.root, 'new', 'deeper'), { recursive: true });
          writeFileSync(join(scene.root, 'new', 'deeper', 'file'), 'new');
          renameSync(join(scene.root, 'old-place'), join(scene.root, 'new', 'place'));
          chmodSync(join(scene.root, 'folder', 'file'), 0o600);
        }),
      });
      const texts = Object.fromEntries([...result.files].map(([path, { bytes }]) => [path, bytes.toString()]));
      expect(texts).toEqual({
        cut: '',
        empty: '',
        'folder/file': 'content',
        'folder/moved': 'moved before',
        grown: 'grown before and more',
        kept: 'kept before',
        linked: 'kept before',
        'new/deeper/file': 'new',
        'new/place/deep/inner': 'inner',
        replaced: 'replaced after',
        rewritten: 'rewritten after',
      });
      expect(result.files.get('folder/file')?.meta.mode).toBe(0o100600);
      expect(result.files.get('kept')?.isTaken).toBe(true);
      expect(result.files.get('new/place/deep/inner')?.isTaken).toBe(true);
      expect(result.files.get('rewritten')?.isTaken).toBe(false);
      expect(levelOf(result)).toBe('filesystem');
    });

    it('reads a folder in full that is moved in from outside right before the freeze', async () => {
      const outside = join(scene.mountPoint, 'outside');
      mkdirSync(join(outside, 'deep'), { recursive: true });
      writeFileSync(join(outside, 'deep', 'file'), 'from outside');
      const result = await scene.copy({ steps: justBefore(() => renameSync(outside, join(scene.root, 'moved-in'))) });
      expect(textOf(result, 'moved-in/deep/file')).toBe('from outside');
      expect(levelOf(result)).toBe('filesystem');
    });

    it('looks at a file that is only stored into through memory: hot ones are read inside', async () => {
      writeFileSync(join(scene.root, 'mapped'), Buffer.alloc(8192));
      await using writer = await startMappedWriter();
      await writer.map(join(scene.root, 'mapped'), 8192);
      await writer.store(0, 1);
      let stores = Promise.resolve();
      const result = await scene.copy({
        steps: {
          // A second store into a page that is dirty: no ctime moves, nobody is told.
          flush: async (fd) => {
            await precopySteps.flush(fd);
            await writer.store(0, 2);
            stores = writer.store(0, 3);
            await stores;
          },
        },
      });
      expect(result.files.get('mapped')?.bytes[0]).toBe(3);
      expect(result.evidence.tracking).toMatchObject({ suspectsTotal: 1, suspectsSettled: 1, doubts: [] });
      expect(result.evidence.tracking?.suspects[0]).toMatchObject({ kind: 'writable-mapping', pid: writer.pid });
      expect(levelOf(result)).toBe('filesystem');
    });

    it('does not read a large mapped file inside that nobody has stored into since a flush', async () => {
      writeFileSync(join(scene.root, 'mapped'), Buffer.alloc(4 * mib, 5));
      await using writer = await startMappedWriter();
      await writer.map(join(scene.root, 'mapped'), 4 * mib);
      await writer.store(0, 6);
      const result = await scene.copy();
      expect(result.files.get('mapped')).toMatchObject({ isTaken: true });
      expect(result.files.get('mapped')?.bytes[0]).toBe(6);
      expect(result.evidence.tracking).toMatchObject({ suspectsTotal: 1, suspectsSettled: 1, filesInside: 0 });
      expect(levelOf(result)).toBe('filesystem');
    });

    it('sees a mapping that is made and stored into after the look for writers', async () => {
      writeFileSync(join(scene.root, 'mapped'), Buffer.alloc(4096));
      await using writer = await startMappedWriter();
      let scans = 0;
      const result = await scene.copy({
        steps: {
          scanBefore: async (device, at) => {
            scans += 1;
            const found = await precopySteps.scanBefore(device, at);
            // Where nothing is found that has to be settled, it is the last one before the freeze.
            if (scans === 1) {
              await writer.map(join(scene.root, 'mapped'), 4096);
              await writer.store(0, 9);
            }
            return found;
          },
        },
      });
      expect(scans).toBeGreaterThan(0);
      expect(result.files.get('mapped')?.bytes[0]).toBe(9);
      expect(result.evidence.tracking?.doubts).toEqual([]);
      expect(levelOf(result)).toBe('filesystem');
    });

    it('allows the repository on the same filesystem, and needs nothing of it while writers wait', async () => {
      const repository = join(scene.mountPoint, 'repository');
      mkdirSync(repository);
      const facts = await examineFolder(scene.root);
      const environment = freezeEnvironment({
        journal: scene.journal,
        own: () => ({ paths: [repository] }),
        scratchDirectory: repository,
      });
      const promise = await createPrecopyFreeze(environment).preflight(facts, { longestStallMs: 250 });
      expect(promise).toMatchObject({ available: true, level: 'filesystem', remedies: [] });
      const result = await scene.copy({
        environment: { own: () => ({ paths: [repository] }), scratchDirectory: repository },
        context: {
          ahead: {
            ...memoryAhead(),
            // As a repository does: durable, and then nothing more.
            settle: async () => writeFileSync(join(repository, 'pack'), Buffer.alloc(mib), { flush: true }),
          },
        },
      });
      expect(levelOf(result)).toBe('filesystem');
    });

    it('reads in the name of whoever asked: what he may read, and no more', async () => {
      for (const path of [scene.mountPoint, scene.root]) chmodSync(path, 0o755);
      writeFileSync(join(scene.root, 'for-all'), 'public', { mode: 0o644 });
      writeFileSync(join(scene.root, 'for-root'), 'secret', { mode: 0o600 });
      const source = createFilesystemSource({ files: identityFileOps({ uid: 65534, gid: 65534, groups: [] }) });
      const spec = { kind: 'filesystem' as const, path: scene.root, excludes: [], excludePresets: [], ignoreLines: [] };
      const facts = await source.examine(spec, { own: { paths: [] }, signal });
      const act = (): void => {
        writeFileSync(join(scene.root, 'late-for-root'), 'secret', { mode: 0o600 });
        writeFileSync(join(scene.root, 'late-for-all'), 'public', { mode: 0o644 });
      };
      const result = await scene.copyOf(facts, { steps: justBefore(act) });
      for (const name of ['for-all', 'late-for-all']) expect(textOf(result, name)).toBe('public');
      for (const name of ['for-root', 'late-for-root'])
        expect(result.files.get(name)?.verdict).toEqual({ state: 'unreadable', reason: 'No permission to read it.' });
    });

    it('is over in every sense when it is done: the next write goes through', async () => {
      await scene.copy();
      writeFileSync(join(scene.root, 'after'), 'x');
      expect(readFileSync(join(scene.root, 'after'), 'utf8')).toBe('x');
      rmSync(join(scene.root, 'after'));
    });
  });
});
