import { appendFileSync, closeSync, openSync, statSync, unlinkSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freezeUnguarded, thaw } from '../../system/ioctl.ts';
import type { OpenWriters } from '../../system/open-writers.ts';
import { whyNoLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import type { HotFileWatch } from '../hot-files/contract.ts';
import { examineFolder } from '../testing/examine-folder.ts';
import { freezeEnvironment } from '../testing/freeze-environment.ts';
import { startMappedWriter } from '../testing/mapped-writer/index.ts';
import { memoryAhead } from '../testing/memory-ahead.ts';
import { recordingReporter } from '../testing/recording-reporter.ts';
import { createPrecopyFreeze, precopySteps } from './index.ts';

import { justBefore, levelOf, openPrecopyScene, type PrecopyScene, textOf } from './testing/precopy-scene.ts';

const { signal } = new AbortController();
const mib = 1024 * 1024;
const nobody: OpenWriters = { writers: [], gaps: [], trusted: [] };

describe.each(['ext4', 'xfs'] as const)('on %s', (type) => {
  const missing = whyNoLoopFilesystem(type);
  describe.skipIf(missing !== undefined)(missing ?? 'what goes wrong, and what goes on', () => {
    let scene: PrecopyScene;
    beforeEach(async () => {
      scene = await openPrecopyScene(type);
    });
    afterEach(() => scene[Symbol.asyncDispose]());

    it('doubts a file that somebody had open without being found, tries again, and then claims no instant', async () => {
      writeFileSync(join(scene.root, 'mapped'), Buffer.alloc(4096));
      writeFileSync(join(scene.root, 'other'), 'other');
      await using writer = await startMappedWriter();
      await writer.map(join(scene.root, 'mapped'), 4096);
      const pauses: number[] = [];
      const result = await scene.copy({
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
      expect(tracking?.doubts).toEqual([
        `${join(scene.root, 'mapped')} may have been written to unseen before the pause.`,
      ]);
      expect(tracking?.suspectsSettled).toBeLessThan(tracking?.suspectsTotal ?? 0);
      // One version of it, of a later moment: that is what is said.
      expect(levelOf(result)).toBe('per-file');
      expect(result.files.get('mapped')?.bytes[0]).toBe(7);
      expect(result.evidence.detail).not.toHaveProperty('checkpoint');
    });

    it('names the files that are too much to be read while writers wait, after trying again', async () => {
      writeFileSync(join(scene.root, 'huge'), Buffer.alloc(3 * mib, 1));
      const pauses: number[] = [];
      const report = recordingReporter();
      const method = createPrecopyFreeze(freezeEnvironment({ journal: scene.journal, deltaMemoryBytes: mib }), {
        ...precopySteps,
        pause: async (ms) => void pauses.push(ms),
        flush: async (fd) => {
          await precopySteps.flush(fd);
          appendFileSync(join(scene.root, 'huge'), 'x');
        },
      });
      const taking = method.withStillView(
        await examineFolder(scene.root),
        { longestStallMs: 2000 },
        { signal, report, ahead: memoryAhead() },
        async () => {},
      );
      await expect(taking).rejects.toMatchObject({
        kind: 'freeze-refused',
        retryable: true,
        message: expect.stringContaining(`${join(scene.root, 'huge')} (4 MiB)`),
      });
      expect(pauses).toEqual([1000, 2000, 4000]);
      expect(report.holds).toEqual([]);
      writeFileSync(join(scene.root, 'after'), 'x');
    });

    it('has room for a large file that somebody has open, and writes to when everything was read', async () => {
      const path = join(scene.root, 'log');
      writeFileSync(path, Buffer.alloc(20 * mib, 1));
      const fd = openSync(path, 'r+');
      const result = await scene.copy({ steps: justBefore(() => void writeSync(fd, 'changed', 0)) });
      closeSync(fd);
      expect(result.evidence.tracking?.retries.join()).not.toContain('did not fit');
      expect(result.evidence.tracking?.bytesInside).toBeGreaterThanOrEqual(20 * mib);
      expect(result.files.get('log')?.bytes.subarray(0, 7).toString()).toBe('changed');
      expect(levelOf(result)).toBe('filesystem');
    });

    it('hands large files that keep changing to copy-before-write, and reads nothing of them inside', async () => {
      const path = join(scene.root, 'huge');
      writeFileSync(path, Buffer.alloc(3 * mib, 1));
      const told: string[] = [];
      const watch: HotFileWatch = {
        startedNs: 0n,
        expect: () => {},
        covers: () => true,
        newHotFiles: () => ({
          obstacle: () => null,
          prepare: async (files) => {
            told.push(`prepare ${files.map(({ where }) => where).join()}`);
            return [];
          },
          hold: () => {
            told.push('hold');
            return [];
          },
          account: { accesses: 0, savedBytes: 0, longestWaitMs: 0 },
          pids: null,
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
        const meta = scene.lent?.file(
          scene.lent.keysOfInode(statSync(path, { bigint: true }).ino)[0] ?? scene.lent.rootKey,
        )?.meta;
        if (meta === undefined) throw new Error('it is in the picture');
        return { ...meta, size };
      };
      const result = await scene.copy({
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
      const result = await scene.copy({
        longestStallMs: 300,
        steps: {
          pause: async () => {},
          drain: (tracker) => {
            if (isSlow) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 280);
            const events = precopySteps.drain(tracker);
            if (isSlow)
              scene.lent?.content(
                scene.lent.keysOfInode(statSync(join(scene.root, 'empty'), { bigint: true }).ino)[0] ??
                  scene.lent.rootKey,
              );
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
      for (let index = 0; index < 50; index += 1)
        writeFileSync(join(scene.root, 'folder', `file-${index}`), `${index}`);
      const first = await scene.copy();
      const base = new Map([...first.files].map(([path, { bytes }]) => [path, bytes]));
      const { checkpoint } = first.evidence.detail;
      writeFileSync(join(scene.root, 'folder', 'file-7'), 'seven');
      unlinkSync(join(scene.root, 'folder', 'file-8'));
      const second = await scene.copy({ base, context: { parentBase: String(checkpoint) } });
      expect(second.evidence.tracking).toMatchObject({ continuedFrom: checkpoint, gaps: 0 });
      expect(second.ahead.taken).toEqual([join(scene.root, 'folder', 'file-7')]);
      expect(textOf(second, 'folder/file-7')).toBe('seven');
      expect(textOf(second, 'folder/file-9')).toBe('9');
      expect(second.files.get('folder/file-9')?.same).toBe(1);
      expect(second.files.has('folder/file-8')).toBe(false);
      expect(levelOf(second)).toBe('filesystem');
    });

    it('reads everything anew when it is to count from a version it does not know', async () => {
      await scene.copy();
      const second = await scene.copy({ context: { parentBase: 'of another helper' } });
      expect(second.evidence.tracking?.continuedFrom).toBeNull();
      expect(second.ahead.taken).toHaveLength(2);
    });

    it('walks everything again after a gap, and finds what nobody told of', async () => {
      const first = await scene.copy();
      const base = new Map([...first.files].map(([path, { bytes }]) => [path, bytes]));
      scene.lent?.doubt('The queue was full.');
      writeFileSync(join(scene.root, 'folder', 'file'), 'changed');
      const second = await scene.copy({ base, context: { parentBase: String(first.evidence.detail.checkpoint) } });
      expect(second.evidence.tracking).toMatchObject({ gaps: 1, doubts: [] });
      expect(textOf(second, 'folder/file')).toBe('changed');
      expect(levelOf(second)).toBe('filesystem');
    });

    it('drops a hold when changes may have been missed right before it', async () => {
      let isDue = true;
      const result = await scene.copy({
        steps: {
          pause: async () => {},
          drain: (tracker) => {
            if (isDue) scene.lent?.doubt('The queue was full.');
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

    it('walks everything again after what was found inside contradicted what had been told', async () => {
      const path = join(scene.root, 'folder', 'file');
      let isHidden = false;
      let isDue = true;
      const result = await scene.copy({
        steps: {
          pause: async () => {},
          drain: (tracker) => (isHidden ? 0 : precopySteps.drain(tracker)),
          withFrozen: (guard, work) => {
            if (isDue) {
              const { ino } = statSync(path, { bigint: true });
              for (const key of scene.lent?.keysOfInode(ino) ?? []) scene.lent?.content(key);
              unlinkSync(path);
            }
            isHidden = isDue;
            isDue = false;
            try {
              return precopySteps.withFrozen(guard, work);
            } finally {
              isHidden = false;
            }
          },
        },
      });
      expect(result.evidence.tracking).toMatchObject({ gaps: 1, doubts: [] });
      expect(result.evidence.tracking?.retries.join()).toContain('does not fit what had been told');
      expect(result.files.has('folder/file')).toBe(false);
      expect(levelOf(result)).toBe('filesystem');
    });

    it('keeps the record of changes usable after a cancel', async () => {
      const first = await scene.copy();
      const base = new Map([...first.files].map(([path, { bytes }]) => [path, bytes]));
      const parentBase = String(first.evidence.detail.checkpoint);
      writeFileSync(join(scene.root, 'folder', 'file'), 'changed');
      const cancel = new AbortController();
      const cancelled = scene.copy({
        context: { parentBase, signal: cancel.signal },
        steps: {
          scanAfter: async (...args) => {
            cancel.abort();
            return precopySteps.scanAfter(...args);
          },
        },
      });
      await expect(cancelled).rejects.toMatchObject({ kind: 'cancelled' });
      const second = await scene.copy({ base, context: { parentBase } });
      expect(second.evidence.tracking?.continuedFrom).toBe(parentBase);
      expect(textOf(second, 'folder/file')).toBe('changed');
      expect(second.ahead.taken).toHaveLength(1);
    });

    it('leaves a freeze of somebody else alone, and says what it is', async () => {
      const fd = openSync(scene.mountPoint, 'r');
      const facts = await examineFolder(scene.root);
      let isFrozen = false;
      const taking = scene.copyOf(facts, {
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
  });
});
