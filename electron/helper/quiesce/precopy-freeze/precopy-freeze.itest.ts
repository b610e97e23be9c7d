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
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { earnLevel } from '../../../../shared/domain/earn-level.ts';
import { createFilesystemSource, type FilesystemFacts } from '../../sources/index.ts';
import { identityFileOps } from '../../system/file-ops.ts';
import { freezeUnguarded, thaw } from '../../system/ioctl.ts';
import type { OpenWriters } from '../../system/open-writers.ts';
import { type LoopFilesystem, openLoopFilesystem, whyNoLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import { setXattr } from '../../system/xattr.ts';
import type { QuiesceContext, StillEvidence } from '../contract.ts';
import type { QuiesceEnvironment } from '../environment.ts';
import type { HotFileWatch } from '../hot-files/contract.ts';
import { createJournal, type Journal } from '../journal/index.ts';
import type { Picture } from '../picture/index.ts';
import { examineFolder } from '../testing/examine-folder.ts';
import { freezeEnvironment } from '../testing/freeze-environment.ts';
import { startMappedWriter } from '../testing/mapped-writer/index.ts';
import { type MemoryAhead, memoryAhead } from '../testing/memory-ahead.ts';
import { type ReadFile, readView } from '../testing/read-view.ts';
import { recordingReporter } from '../testing/recording-reporter.ts';
import { createTrackers } from '../tracking/index.ts';
import { createPrecopyFreeze, type PrecopySteps, precopySteps } from './index.ts';

const { signal } = new AbortController();
const mib = 1024 * 1024;
const nobody: OpenWriters = { writers: [], gaps: [], trusted: [] };

interface RunOptions {
  readonly steps?: Partial<PrecopySteps>;
  readonly environment?: Partial<QuiesceEnvironment>;
  readonly context?: Partial<QuiesceContext>;
  readonly longestStallMs?: number;
  readonly base?: ReadonlyMap<string, Buffer>;
}

interface Copied {
  readonly files: ReadonlyMap<string, ReadFile>;
  readonly evidence: StillEvidence;
  readonly ahead: MemoryAhead;
  readonly notes: readonly string[];
  readonly phases: readonly string[];
}

describe.each(['ext4', 'xfs'] as const)('on %s', (type) => {
  const missing = whyNoLoopFilesystem(type);
  describe.skipIf(missing !== undefined)(missing ?? 'copied first, held for the rest', () => {
    let filesystem: LoopFilesystem;
    let root: string;
    let journal: Journal;
    let lent: Picture | undefined;

    beforeEach(async () => {
      filesystem = await openLoopFilesystem({ type, sizeMiB: 256 });
      root = join(filesystem.mountPoint, 'source');
      mkdirSync(join(root, 'folder'), { recursive: true });
      writeFileSync(join(root, 'folder', 'file'), 'content');
      writeFileSync(join(root, 'empty'), '');
      const own = createJournal({ trackers: createTrackers() });
      // The same, and its picture at hand.
      journal = {
        lend: (facts, rootFd) => {
          const loan = own.lend(facts, rootFd);
          lent = loan.picture;
          return loan;
        },
        countsOf: (source) => own.countsOf(source),
        [Symbol.asyncDispose]: () => own[Symbol.asyncDispose](),
      };
    });
    afterEach(async () => {
      await journal[Symbol.asyncDispose]();
      await filesystem.close();
    });

    const copyOf = async (facts: FilesystemFacts, options: RunOptions = {}): Promise<Copied> => {
      const report = recordingReporter();
      const ahead = memoryAhead();
      const method = createPrecopyFreeze(freezeEnvironment({ journal, ...options.environment }), {
        ...precopySteps,
        ...options.steps,
      });
      const { value, evidence } = await method.withStillView(
        facts,
        { longestStallMs: options.longestStallMs ?? 2000 },
        { signal, report, ahead, ...options.context },
        (view) => readView(view, signal, options.base),
      );
      return { files: value, evidence, ahead, notes: report.notes, phases: report.phases };
    };
    const copy = async (options: RunOptions = {}): Promise<Copied> => copyOf(await examineFolder(root), options);
    const textOf = ({ files }: Copied, path: string): string | undefined => files.get(path)?.bytes.toString();
    /** Something that happens right before the freeze, when everything has been read. */
    const justBefore = (act: () => void): Partial<PrecopySteps> => ({
      withFrozen: (guard, work) => {
        act();
        return precopySteps.withFrozen(guard, work);
      },
    });

    it('holds the whole tree, read before the pause, and earns filesystem', async () => {
      const sparse = openSync(join(root, 'sparse'), 'w');
      writeSync(sparse, 'start', 0);
      ftruncateSync(sparse, 5 * mib);
      closeSync(sparse);
      linkSync(join(root, 'folder', 'file'), join(root, 'second-name'));
      symlinkSync('folder/file', join(root, 'link'));
      setXattr(join(root, 'folder', 'file'), 'user.note', Buffer.from('kept'));
      const result = await copy();
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
        writeFileSync(join(root, name), `${name} before`);
      mkdirSync(join(root, 'old-place', 'deep'), { recursive: true });
      writeFileSync(join(root, 'old-place', 'deep', 'inner'), 'inner');
      const result = await copy({
        steps: justBefore(() => {
          writeFileSync(join(root, 'rewritten'), 'rewritten after');
          unlinkSync(join(root, 'removed'));
          writeFileSync(join(root, 'fresh'), 'replaced after');
          renameSync(join(root, 'fresh'), join(root, 'replaced'));
          renameSync(join(root, 'moved'), join(root, 'folder', 'moved'));
          appendFileSync(join(root, 'grown'), ' and more');
          writeFileSync(join(root, 'cut'), '');
          linkSync(join(root, 'kept'), join(root, 'linked'));
          mkdirSync(join(root, 'new', 'deeper'), { recursive: true });
          writeFileSync(join(root, 'new', 'deeper', 'file'), 'new');
          renameSync(join(root, 'old-place'), join(root, 'new', 'place'));
          chmodSync(join(root, 'folder', 'file'), 0o600);
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
      const outside = join(filesystem.mountPoint, 'outside');
      mkdirSync(join(outside, 'deep'), { recursive: true });
      writeFileSync(join(outside, 'deep', 'file'), 'from outside');
      const result = await copy({ steps: justBefore(() => renameSync(outside, join(root, 'moved-in'))) });
      expect(textOf(result, 'moved-in/deep/file')).toBe('from outside');
      expect(levelOf(result)).toBe('filesystem');
    });

    it('looks at a file that is only stored into through memory: hot ones are read inside', async () => {
      writeFileSync(join(root, 'mapped'), Buffer.alloc(8192));
      await using writer = await startMappedWriter();
      await writer.map(join(root, 'mapped'), 8192);
      await writer.store(0, 1);
      let stores = Promise.resolve();
      const result = await copy({
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
      writeFileSync(join(root, 'mapped'), Buffer.alloc(4 * mib, 5));
      await using writer = await startMappedWriter();
      await writer.map(join(root, 'mapped'), 4 * mib);
      await writer.store(0, 6);
      const result = await copy();
      expect(result.files.get('mapped')).toMatchObject({ isTaken: true });
      expect(result.files.get('mapped')?.bytes[0]).toBe(6);
      expect(result.evidence.tracking).toMatchObject({ suspectsTotal: 1, suspectsSettled: 1, filesInside: 0 });
      expect(levelOf(result)).toBe('filesystem');
    });

    it('sees a mapping that is made and stored into after the look for writers', async () => {
      writeFileSync(join(root, 'mapped'), Buffer.alloc(4096));
      await using writer = await startMappedWriter();
      let scans = 0;
      const result = await copy({
        steps: {
          scanBefore: async (device, at) => {
            scans += 1;
            const found = await precopySteps.scanBefore(device, at);
            // The last look before the freeze is over.
            if (scans === 2) {
              await writer.map(join(root, 'mapped'), 4096);
              await writer.store(0, 9);
            }
            return found;
          },
        },
      });
      expect(scans).toBe(2);
      expect(result.files.get('mapped')?.bytes[0]).toBe(9);
      expect(result.evidence.tracking?.doubts).toEqual([]);
      expect(levelOf(result)).toBe('filesystem');
    });

    it('doubts a file that somebody had open without being found, tries again, and then claims no instant', async () => {
      writeFileSync(join(root, 'mapped'), Buffer.alloc(4096));
      writeFileSync(join(root, 'other'), 'other');
      await using writer = await startMappedWriter();
      await writer.map(join(root, 'mapped'), 4096);
      const pauses: number[] = [];
      const result = await copy({
        steps: {
          pause: async (ms) => void pauses.push(ms),
          // It finds nobody before the freeze, as if the descriptor had been on its way.
          scanBefore: async () => nobody,
          flush: async (fd) => {
            await precopySteps.flush(fd);
            await writer.store(0, 7);
          },
        },
      });
      expect(pauses).toEqual([1000, 2000, 4000]);
      const { tracking } = result.evidence;
      expect(tracking?.retries).toHaveLength(3);
      expect(tracking?.doubts).toEqual([`${join(root, 'mapped')} may have been written to unseen before the pause.`]);
      expect(tracking?.suspectsSettled).toBeLessThan(tracking?.suspectsTotal ?? 0);
      // One version of it, of a later moment: that is what is said.
      expect(levelOf(result)).toBe('per-file');
      expect(result.files.get('mapped')?.bytes[0]).toBe(7);
      expect(result.evidence.detail).not.toHaveProperty('checkpoint');
    });

    it('names the files that are too much to be read while writers wait, after trying again', async () => {
      writeFileSync(join(root, 'huge'), Buffer.alloc(3 * mib, 1));
      const pauses: number[] = [];
      const report = recordingReporter();
      const method = createPrecopyFreeze(freezeEnvironment({ journal, deltaMemoryBytes: mib }), {
        ...precopySteps,
        pause: async (ms) => void pauses.push(ms),
        flush: async (fd) => {
          await precopySteps.flush(fd);
          appendFileSync(join(root, 'huge'), 'x');
        },
      });
      const taking = method.withStillView(
        await examineFolder(root),
        { longestStallMs: 2000 },
        { signal, report, ahead: memoryAhead() },
        async () => {},
      );
      await expect(taking).rejects.toMatchObject({
        kind: 'freeze-refused',
        retryable: true,
        message: expect.stringContaining(`${join(root, 'huge')} (4 MiB)`),
      });
      expect(pauses).toEqual([1000, 2000, 4000]);
      expect(report.holds).toEqual([]);
      writeFileSync(join(root, 'after'), 'x');
    });

    it('hands large files that keep changing to copy-before-write, and reads nothing of them inside', async () => {
      const path = join(root, 'huge');
      writeFileSync(path, Buffer.alloc(3 * mib, 1));
      const told: string[] = [];
      const watch: HotFileWatch = {
        startedNs: 0n,
        newHotFiles: () => ({
          obstacle: () => null,
          prepare: async (files) => void told.push(`prepare ${files.map(({ where }) => where).join()}`),
          hold: () => void told.push('hold'),
          content: (file) => ({
            base: null,
            readInto: async (sink) => {
              told.push('content');
              await sink.data(Buffer.alloc(Number(file.size), 2));
              return { state: 'torn', meta: metaOf(file), reason: 'A write slipped by.' };
            },
          }),
          [Symbol.asyncDispose]: async () => void told.push('over'),
        }),
        [Symbol.asyncDispose]: async () => {},
      };
      const metaOf = ({ size }: { readonly size: bigint }) => {
        const meta = lent?.file(lent.keysOfInode(statSync(path, { bigint: true }).ino)[0] ?? lent.rootKey)?.meta;
        if (meta === undefined) throw new Error('it is in the picture');
        return { ...meta, size };
      };
      const result = await copy({
        environment: { hotFiles: () => watch, deltaMemoryBytes: mib },
        steps: {
          flush: async (fd) => {
            await precopySteps.flush(fd);
            appendFileSync(path, 'x');
          },
        },
      });
      expect(told).toEqual([`prepare ${path}`, 'hold', 'content', 'over']);
      expect(result.files.get('huge')).toMatchObject({ isTaken: false, verdict: { state: 'torn' } });
      expect(result.evidence.tracking).toMatchObject({ hotFiles: 1, bytesInside: 0 });
      expect(levelOf(result)).toBe('torn');
    });

    it('gives up inside when it takes too long, lets go, and tries again', async () => {
      let isSlow = true;
      const result = await copy({
        longestStallMs: 300,
        steps: {
          pause: async () => {},
          drain: (tracker) => {
            if (isSlow) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 280);
            const events = precopySteps.drain(tracker);
            if (isSlow)
              lent?.content(lent.keysOfInode(statSync(join(root, 'empty'), { bigint: true }).ino)[0] ?? lent.rootKey);
            isSlow = false;
            return events;
          },
        },
      });
      expect(result.evidence.tracking?.retries).toHaveLength(1);
      expect(result.notes.join()).toContain('given up');
      expect(levelOf(result)).toBe('filesystem');
    });

    it('reads only what changed when it counts from the version before', async () => {
      for (let index = 0; index < 50; index += 1) writeFileSync(join(root, 'folder', `file-${index}`), `${index}`);
      const first = await copy();
      const base = new Map([...first.files].map(([path, { bytes }]) => [path, bytes]));
      const { checkpoint } = first.evidence.detail;
      writeFileSync(join(root, 'folder', 'file-7'), 'seven');
      unlinkSync(join(root, 'folder', 'file-8'));
      const second = await copy({ base, context: { parentBase: String(checkpoint) } });
      expect(second.evidence.tracking).toMatchObject({ continuedFrom: checkpoint, gaps: 0 });
      expect(second.ahead.taken).toEqual([join(root, 'folder', 'file-7')]);
      expect(textOf(second, 'folder/file-7')).toBe('seven');
      expect(textOf(second, 'folder/file-9')).toBe('9');
      expect(second.files.get('folder/file-9')?.same).toBe(1);
      expect(second.files.has('folder/file-8')).toBe(false);
      expect(levelOf(second)).toBe('filesystem');
    });

    it('reads everything anew when it is to count from a version it does not know', async () => {
      await copy();
      const second = await copy({ context: { parentBase: 'of another helper' } });
      expect(second.evidence.tracking?.continuedFrom).toBeNull();
      expect(second.ahead.taken).toHaveLength(2);
    });

    it('walks everything again after a gap, and finds what nobody told of', async () => {
      const first = await copy();
      const base = new Map([...first.files].map(([path, { bytes }]) => [path, bytes]));
      lent?.doubt('The queue was full.');
      writeFileSync(join(root, 'folder', 'file'), 'changed');
      const second = await copy({ base, context: { parentBase: String(first.evidence.detail.checkpoint) } });
      expect(second.evidence.tracking).toMatchObject({ gaps: 1, doubts: [] });
      expect(textOf(second, 'folder/file')).toBe('changed');
      expect(levelOf(second)).toBe('filesystem');
    });

    it('drops a hold when changes may have been missed right before it', async () => {
      let isDue = true;
      const result = await copy({
        steps: {
          pause: async () => {},
          drain: (tracker) => {
            if (isDue) lent?.doubt('The queue was full.');
            isDue = false;
            return precopySteps.drain(tracker);
          },
        },
      });
      expect(result.evidence.tracking?.retries).toEqual([
        'Changes may have been missed right before the pause: The queue was full.',
      ]);
      expect(result.evidence.tracking?.gaps).toBe(1);
      expect(levelOf(result)).toBe('filesystem');
    });

    it('keeps the record of changes usable after a cancel', async () => {
      const first = await copy();
      const base = new Map([...first.files].map(([path, { bytes }]) => [path, bytes]));
      const parentBase = String(first.evidence.detail.checkpoint);
      writeFileSync(join(root, 'folder', 'file'), 'changed');
      const cancel = new AbortController();
      const cancelled = copy({
        context: { parentBase, signal: cancel.signal },
        steps: {
          scanAfter: async (...args) => {
            cancel.abort();
            return precopySteps.scanAfter(...args);
          },
        },
      });
      await expect(cancelled).rejects.toMatchObject({ kind: 'cancelled' });
      const second = await copy({ base, context: { parentBase } });
      expect(second.evidence.tracking?.continuedFrom).toBe(parentBase);
      expect(textOf(second, 'folder/file')).toBe('changed');
      expect(second.ahead.taken).toHaveLength(1);
    });

    it('allows the repository on the same filesystem, and needs nothing of it while writers wait', async () => {
      const repository = join(filesystem.mountPoint, 'repository');
      mkdirSync(repository);
      const facts = await examineFolder(root);
      const environment = freezeEnvironment({
        journal,
        own: () => ({ paths: [repository] }),
        scratchDirectory: repository,
      });
      const promise = await createPrecopyFreeze(environment).preflight(facts, { longestStallMs: 250 });
      expect(promise).toMatchObject({ available: true, level: 'filesystem', remedies: [] });
      const result = await copy({
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
      for (const path of [filesystem.mountPoint, root]) chmodSync(path, 0o755);
      writeFileSync(join(root, 'for-all'), 'public', { mode: 0o644 });
      writeFileSync(join(root, 'for-root'), 'secret', { mode: 0o600 });
      const source = createFilesystemSource({ files: identityFileOps({ uid: 65534, gid: 65534, groups: [] }) });
      const spec = { kind: 'filesystem' as const, path: root, excludes: [], excludePresets: [], ignoreLines: [] };
      const facts = await source.examine(spec, { own: { paths: [] }, signal });
      const act = (): void => {
        writeFileSync(join(root, 'late-for-root'), 'secret', { mode: 0o600 });
        writeFileSync(join(root, 'late-for-all'), 'public', { mode: 0o644 });
      };
      const result = await copyOf(facts, { steps: justBefore(act) });
      for (const name of ['for-all', 'late-for-all']) expect(textOf(result, name)).toBe('public');
      for (const name of ['for-root', 'late-for-root'])
        expect(result.files.get(name)?.verdict).toEqual({ state: 'unreadable', reason: 'No permission to read it.' });
    });

    it('leaves a freeze of somebody else alone, and says what it is', async () => {
      const fd = openSync(filesystem.mountPoint, 'r');
      const facts = await examineFolder(root);
      let isFrozen = false;
      const taking = copyOf(facts, {
        steps: justBefore(() => {
          freezeUnguarded(fd);
          isFrozen = true;
        }),
      });
      const error = await taking.catch((caught: unknown) => caught);
      // Still frozen, by who froze it: thawing succeeds.
      if (isFrozen) thaw(fd);
      closeSync(fd);
      expect(error).toMatchObject({ kind: 'freeze-busy', retryable: true });
    });

    it('is over in every sense when it is done: the next write goes through', async () => {
      await copy();
      writeFileSync(join(root, 'after'), 'x');
      expect(readFileSync(join(root, 'after'), 'utf8')).toBe('x');
      rmSync(join(root, 'after'));
    });
  });
});

function levelOf({ evidence, files }: Pick<Copied, 'evidence' | 'files'>): string {
  const { hold, observation, agreement, atomic, tracking = null, rereadTotal } = evidence;
  const verdicts = [...files.values()].map(({ verdict }) => verdict.state);
  const tornTotal = verdicts.filter((state) => state === 'torn').length;
  const counts = { files: files.size, directories: 0, others: 0, bytes: 0, rereadTotal };
  const judged = { ...counts, torn: [], tornTotal, unreadable: [], unreadableTotal: 0 };
  return earnLevel({ hold, observation, agreement, atomic, tracking, files: judged }).level;
}
