import { closeSync, ftruncateSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { whyNoLoopFilesystem, withLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import { startHotFileWatch } from './index.ts';
import { type CrowdPlan, judgeCrowd, startCrowd } from './testing/crowd.ts';
import {
  expectedFile,
  killLater,
  neverAborted,
  openHotFile,
  readContent,
  reasonOf,
  watchOptions,
  whileFrozen,
} from './testing/scene.ts';

const mib = 1024 * 1024;
const fileMib = 96;

/** The figures are told, not judged: a bench does that. */
const figures: string[] = [];

describe.each(['ext4', 'xfs', 'btrfs'] as const)('on %s', (type) => {
  const missing = whyNoLoopFilesystem(type);
  describe.skipIf(missing !== undefined)(missing ?? 'a file that several processes write to all the time', () => {
    const scene = async (
      options: { readonly way: CrowdPlan['way']; readonly writersFirst: boolean },
      use: (plan: CrowdPlan, mountPoint: string, root: number) => Promise<void>,
    ): Promise<void> =>
      withLoopFilesystem({ type, sizeMiB: 400, dir: '/dev/shm' }, async (mountPoint) => {
        using _killer = killLater(process.pid, 200);
        const path = join(mountPoint, 'hot');
        const root = openSync(mountPoint, 'r');
        try {
          const fd = openSync(path, 'w');
          ftruncateSync(fd, fileMib * mib);
          closeSync(fd);
          const blocks = (fileMib * mib) / 4096;
          await use({ path, writers: 4, blocks, writesPerSecond: 250, way: options.way }, mountPoint, root);
        } finally {
          closeSync(root);
        }
      });

    it.each(['plain', 'direct'] as const)('is of one instant (%s writes)', async (way) => {
      await scene({ way, writersFirst: false }, async (plan, mountPoint, root) => {
        await using watch = startHotFileWatch(watchOptions(root));
        watch.expect(expectedFile(plan.path));
        await using crowd = await startCrowd(plan);
        for (let round = 0; round < 3; round += 1) {
          await delay(400);
          using file = openHotFile(plan.path);
          await using hot = watch.newHotFiles();
          expect(await hot.prepare([file], neverAborted)).toEqual([]);
          const { stallMs, value } = await whileFrozen(mountPoint, () => {
            const began = performance.now();
            expect(hot.hold()).toEqual([]);
            return performance.now() - began;
          });
          const began = performance.now();
          const { verdict, bytes } = await readContent(hot.content(file));
          const copyMs = performance.now() - began;
          expect(reasonOf(verdict)).toBe('whole');
          const { bad, held } = judgeCrowd(bytes, plan);
          expect(bad).toEqual([]);
          expect(held).toBeGreaterThan(0);
          // Something was written while it was copied, or nothing was shown.
          expect(judgeCrowd(readFileSync(plan.path), plan).held).toBeGreaterThan(held);
          figures.push(
            `${type} ${way}: pause ${stallMs.toFixed(1)} ms (hold ${value.toFixed(2)}), copy ${copyMs.toFixed(0)} ms, ${hot.account.accesses} accesses, ${hot.account.savedBytes / 4096} pages kept, longest wait ${hot.account.longestWaitMs.toFixed(1)} ms`,
          );
        }
        const report = await crowd.stop();
        figures.push(`${type} ${way}: ${report.writes} writes, slowest ${report.slowestMs} ms`);
      });
    });

    it('is refused when they had it open before we watched, and taken once they have let go', async () => {
      await scene({ way: 'plain', writersFirst: true }, async (plan, mountPoint, root) => {
        const crowd = await startCrowd(plan);
        await using watch = startHotFileWatch(watchOptions(root));
        watch.expect(expectedFile(plan.path));
        using file = openHotFile(plan.path);
        {
          await using hot = watch.newHotFiles();
          const reason = 'A program has had it open for writing since before Stillpoint watched.';
          expect(hot.obstacle(file)).toBe(reason);
          expect(await hot.prepare([file], neverAborted)).toEqual([{ file, reason }]);
          expect((await whileFrozen(mountPoint, () => hot.hold())).value).toEqual([{ file, reason }]);
          expect((await readContent(hot.content(file))).verdict).toMatchObject({ state: 'torn', reason });
        }
        await crowd.stop();
        await crowd[Symbol.asyncDispose]();
        watch.expect(expectedFile(plan.path));
        await using again = await startCrowd(plan);
        await using hot = watch.newHotFiles();
        expect(await hot.prepare([file], neverAborted)).toEqual([]);
        expect((await whileFrozen(mountPoint, () => hot.hold())).value).toEqual([]);
        const { verdict, bytes } = await readContent(hot.content(file));
        expect(reasonOf(verdict)).toBe('whole');
        // Two crowds wrote to it: only what is inside of blocks can be judged.
        expect(judgeCrowd(bytes, plan).bad.filter((text) => text.includes('mixes'))).toEqual([]);
        await again.stop();
      });
    });
  });
});

describe('figures', () => {
  it('were taken', () => {
    expect(figures.length).toBeGreaterThan(0);
    console.info(figures.join('\n'));
  });
});
