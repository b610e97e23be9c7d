import { appendFileSync, closeSync, fstatSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FilesystemFacts } from '../../sources/index.ts';
import { whyNoLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import type { AheadStore, ContentSink, StillContent } from '../contract.ts';
import { guardBinary } from '../guard/testing/guard-binary.ts';
import type { HotFileWatch } from '../hot-files/contract.ts';
import { newHotFileWatches } from '../hot-files/index.ts';
import { judgeCrowd, startCrowd } from '../hot-files/testing/crowd.ts';
import { blockBytes, fillFile } from '../hot-files/testing/filler.ts';
import { examineFolder } from '../testing/examine-folder.ts';
import { memoryAhead } from '../testing/memory-ahead.ts';
import { levelOf, openPrecopyScene, type PrecopyScene } from './testing/precopy-scene.ts';

const mib = 1024 * 1024;
const size = 48 * mib;
const crowd = { writers: 2, blocks: size / blockBytes, writesPerSecond: 250, way: 'plain', isFilled: true } as const;

/** What is sent of the one file, live and after the thaw. */
function countingAhead(onData: (bytes: number) => void = () => {}): AheadStore & { readonly bytes: number } {
  const ahead = memoryAhead();
  let total = 0;
  const counted = (content: StillContent): StillContent => ({
    ...content,
    readInto: (sink, signal) => content.readInto(counting(sink), signal),
  });
  const counting = (sink: ContentSink): ContentSink => ({
    ...sink,
    data: async (bytes) => {
      total += bytes.length;
      await sink.data(bytes);
      onData(total);
    },
  });
  return {
    get bytes() {
      return total;
    },
    settle: () => ahead.settle(),
    take: (file, signal) => {
      const isMeant = file.path.at(-1)?.toString() === 'image';
      return ahead.take(isMeant ? { ...file, content: counted(file.content) } : file, signal);
    },
  };
}

function isCovered(watch: Pick<HotFileWatch, 'covers'>, path: string): boolean {
  const fd = openSync(path, 'r');
  try {
    const { dev, ino } = fstatSync(fd, { bigint: true });
    return watch.covers({ fd, deviceId: dev, inode: ino });
  } finally {
    closeSync(fd);
  }
}

const missing = whyNoLoopFilesystem('ext4');
describe.skipIf(missing !== undefined)(missing ?? 'a large file that keeps changing', () => {
  let scene: PrecopyScene;
  let path: string;
  beforeEach(async () => {
    scene = await openPrecopyScene('ext4');
    path = join(scene.root, 'image');
    fillFile(path, crowd.blocks);
  });
  afterEach(() => scene[Symbol.asyncDispose]());

  it('is given up early where its writers were there first, and taken without any live reading once they came later', async () => {
    await using watches = newHotFileWatches({ guardBinary: guardBinary() });
    const environment = {
      hotFiles: (facts: FilesystemFacts) => watches.watchFor(facts),
      deltaMemoryBytes: 8 * mib,
    };
    const before = countingAhead();
    {
      await using _writers = await startCrowd({ path, ...crowd });
      const taking = scene.copy({ environment, context: { ahead: before }, steps: { pause: async () => {} } });
      await expect(taking).rejects.toMatchObject({
        kind: 'freeze-refused',
        message: expect.stringContaining(`${path} (48 MiB)`),
      });
    }
    // In four tries.
    expect(before.bytes).toBeGreaterThan(0);
    expect(before.bytes).toBeLessThanOrEqual(size);

    fillFile(path, crowd.blocks);
    const probe = watches.watchFor(await examineFolder(scene.root));
    await expect.poll(() => isCovered(probe, path), { timeout: 15_000 }).toBe(true);
    await using writers = await startCrowd({ path, ...crowd });
    await expect.poll(() => writers.slowestMs()).toBeGreaterThan(0);
    for (let run = 0; run < 2; run += 1) {
      const after = countingAhead();
      const result = await scene.copy({ environment, context: { ahead: after } });
      expect(after.bytes).toBe(0);
      expect(levelOf(result)).toBe('filesystem');
      expect(result.evidence.tracking).toMatchObject({ hotFiles: 1, bytesInside: 0 });
      const copy = result.files.get('image')?.bytes ?? Buffer.alloc(0);
      const { bad, held } = judgeCrowd(copy, crowd);
      expect(bad).toEqual([]);
      expect(held).toBeGreaterThan(0);
    }
  });

  it('is read once more when it changed once, and is calm then', async () => {
    let isTouched = false;
    const ahead = countingAhead((total) => {
      if (isTouched || total < 8 * mib) return;
      isTouched = true;
      appendFileSync(path, 'x');
    });
    const result = await scene.copy({ environment: { deltaMemoryBytes: 8 * mib }, context: { ahead } });
    expect(levelOf(result)).toBe('filesystem');
    expect(result.evidence.tracking).toMatchObject({ hotFiles: 0, bytesInside: 0, retries: [] });
    // The first reading ended where the change was seen.
    expect(ahead.bytes).toBe(16 * mib + size + 1);
  });
});
