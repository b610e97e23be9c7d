import {
  appendFileSync,
  closeSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LoopFilesystem, openLoopFilesystem, whyNoLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import type { StillView } from '../contract.ts';
import { examineFolder } from '../testing/examine-folder.ts';
import { startMappedWriter } from '../testing/mapped-writer/index.ts';
import { readView } from '../testing/read-view.ts';
import { scratchFolder } from '../testing/scratch-folder.ts';
import { writeView } from '../testing/write-view.ts';
import { liveSteps } from './live.ts';
import { levelWhen, listAll, NewTrees, run, signal } from './testing/run-live.ts';

const mib = 1024 * 1024;

describe.each(['ext4', 'xfs', 'btrfs'] as const)('on %s', (type) => {
  const missing = whyNoLoopFilesystem(type);
  describe.skipIf(missing !== undefined)(missing ?? 'live', () => {
    let filesystem: LoopFilesystem;
    let trees: NewTrees;
    beforeAll(async () => {
      filesystem = await openLoopFilesystem({ type, sizeMiB: 128 });
      trees = new NewTrees(filesystem.mountPoint);
    });
    afterAll(() => filesystem.close());

    const newTree = (): string => trees.make();

    it('names files for others to open only where the look at their folder said enough', async () => {
      const root = newTree();
      writeFileSync(join(root, 'large'), Buffer.alloc(5 * mib, 1));
      const holes = openSync(join(root, 'holes'), 'w');
      ftruncateSync(holes, mib);
      closeSync(holes);
      await delay(2300);
      writeFileSync(join(root, 'young'), 'x');
      const names = async (view: StillView): Promise<string[]> => {
        const found: string[] = [];
        for await (const { name, content } of view.root.children?.() ?? [])
          if (content?.named !== undefined) found.push(Buffer.from(name).toString());
        return found.sort();
      };
      expect((await run(await examineFolder(root), names)).value).toEqual(['file']);
      const flush = async (): Promise<void> => {
        throw new Error('EIO');
      };
      const steps = { ...liveSteps, flush };
      expect((await run(await examineFolder(root), names, { steps })).value).toEqual([]);
    });

    it('leaves no folder open, whatever its view was used for', async () => {
      const facts = await examineFolder(newTree());
      const before = readdirSync('/proc/self/fd').length;
      await run(facts, (view) => listAll(view.root));
      await expect(
        run(facts, async (view) => {
          for await (const entry of view.root.children?.() ?? []) throw new Error(`stopped at ${entry.name}`);
        }),
      ).rejects.toThrow('stopped at');
      expect(readdirSync('/proc/self/fd').length).toBe(before);
    });

    it('reads one version of a file that is mapped and stored into, or calls it torn', async () => {
      const root = newTree();
      const path = join(root, 'mapped');
      const pages = 512;
      writeFileSync(path, Buffer.alloc(pages * 4096));
      await using writer = await startMappedWriter();
      await writer.map(path, pages * 4096);
      let isOver = false;
      const storing = (async () => {
        // Whole sweeps of one value each: a version has one step in it at most.
        for (let value = 1; !isOver; value = (value % 250) + 1)
          for (let page = 0; page < pages && !isOver; page += 64) {
            await writer.store(page * 4096, value, 64 * 4096);
            await delay(1);
          }
      })();
      const { value } = await run(await examineFolder(root), (view) => readView(view, signal));
      isOver = true;
      await storing;
      const mapped = value.get('mapped');
      const steps = new Set<number>();
      for (let page = 1; page < pages; page += 1) {
        const [before, here] = [mapped?.bytes[(page - 1) * 4096], mapped?.bytes[page * 4096]];
        if (before !== here) steps.add(page);
      }
      if (mapped?.verdict.state === 'whole') expect(steps.size).toBeLessThanOrEqual(1);
      else expect(mapped?.verdict.state).toBe('torn');
    });

    it('reads a log that never rests as torn, names it, and keeps what it sent consistent with its size', async () => {
      const root = newTree();
      const log = openSync(join(root, 'log'), 'a');
      const timer = setInterval(() => appendFileSync(log, 'line\n'), 1);
      using target = scratchFolder('live');
      const { value } = await run(await examineFolder(root), (view) => writeView(view, target.path, signal));
      clearInterval(timer);
      closeSync(log);
      expect(value.torn).toEqual([
        { path: join(target.path, 'log'), reason: expect.stringMatching(/changed while being read|kept changing/) },
      ]);
      expect(readFileSync(join(target.path, 'file'), 'utf8')).toBe('content');
    });

    it('reads again what changes once, and counts it', async () => {
      const root = newTree();
      writeFileSync(join(root, 'large'), Buffer.alloc(3 * mib, 1));
      let sent = 0;
      const { value, evidence } = await run(await examineFolder(root), async (view) => {
        for await (const entry of view.root.children?.() ?? []) {
          if (entry.name.toString() !== 'large') continue;
          const parts: Buffer[] = [];
          const verdict = await entry.content?.readInto(
            {
              data: async (bytes) => {
                sent += 1;
                if (sent === 1) writeFileSync(join(root, 'large'), Buffer.alloc(2 * mib, 2));
                parts.push(Buffer.from(bytes));
              },
              hole: async () => {},
              same: async () => {},
              restart: () => void parts.splice(0),
            },
            signal,
          );
          return { verdict, bytes: Buffer.concat(parts) };
        }
        throw new Error('the file is missing');
      });
      expect(value.verdict?.state).toBe('whole');
      expect(value.bytes.equals(Buffer.alloc(2 * mib, 2))).toBe(true);
      expect(evidence.rereadTotal).toBe(1);
    });

    it('passes over what vanished before it was read', async () => {
      const root = newTree();
      const { value } = await run(await examineFolder(root), async (view) => {
        const entries = [];
        for await (const entry of view.root.children?.() ?? []) entries.push(entry);
        rmSync(join(root, 'file'));
        const file = entries.find(({ name }) => name.toString() === 'file');
        return file?.content?.readInto(
          { data: async () => {}, hole: async () => {}, same: async () => {}, restart: () => {} },
          signal,
        );
      });
      expect(value).toEqual({ state: 'vanished' });
    });

    it('says when a link was followed', async () => {
      const root = newTree();
      symlinkSync(root, `${root}-link`);
      const { report } = await levelWhen(`${root}-link`);
      expect(report.notes).toEqual([`${root}-link is a link; what it leads to is kept: ${root}.`]);
    });
  });
});
