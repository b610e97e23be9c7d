import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createReadOnlySnapshot } from '../../../system/btrfs.ts';
import { freezeUnguarded, thaw } from '../../../system/ioctl.ts';
import { whyNoLoopFilesystem, withLoopFilesystem } from '../../../system/testing/loop-filesystem.ts';
import { examineFolder } from '../../testing/examine-folder.ts';
import { judge } from '../../testing/judge.ts';
import {
  checkPrefix,
  type OrderedWriter,
  type PrefixVerdict,
  startOrderedWriter,
  type WriterPlan,
} from '../../testing/ordered-writer/index.ts';
import { recordingReporter } from '../../testing/recording-reporter.ts';
import { scratchFolder } from '../../testing/scratch-folder.ts';
import { writeView } from '../../testing/write-view.ts';
import { createBtrfsSnapshot } from '../index.ts';

const missing = whyNoLoopFilesystem('btrfs');
const never = new AbortController().signal;

interface JudgedCopy extends PrefixVerdict {
  readonly level: string;
  readonly stepsBefore: number;
}

async function copies(
  plan: WriterPlan,
  use: (copy: () => Promise<JudgedCopy>, writer: OrderedWriter) => Promise<void>,
): Promise<void> {
  await withLoopFilesystem({ type: 'btrfs', sizeMiB: 256 }, async (mountPoint) => {
    using records = scratchFolder('records');
    const directory = join(mountPoint, 'busy');
    mkdirSync(directory);
    const facts = await examineFolder(directory);
    await using writer = await startOrderedWriter({ directory, plan, stepsPerSecond: 2000 });
    await writer.reached(50);
    const method = createBtrfsSnapshot({ recordsFolder: records.path });
    await use(async () => {
      using target = scratchFolder('copy');
      const stepsBefore = writer.stepsSoFar();
      const { value, evidence } = await method.withStillView(
        facts,
        { longestStallMs: 1000 },
        { signal: never, report: recordingReporter() },
        (view) => writeView(view, target.path, never),
      );
      return { ...checkPrefix(target.path, plan), level: judge(evidence, value).level, stepsBefore };
    }, writer);
  });
}

describe.skipIf(missing !== undefined)(missing ?? 'what a btrfs snapshot holds of ordered writes', () => {
  it('is everything that was synced, in order, and what had been written before it was asked for', async () => {
    await copies({ kinds: ['synced'], files: 6, blocks: 8 }, async (copy) => {
      for (let turn = 0; turn < 40; turn += 1) {
        const { level, isPrefix, problems, step, stepsBefore } = await copy();
        expect({ level, isPrefix, problems }).toEqual({ level: 'crash', isPrefix: true, problems: [] });
        expect(step).toBeGreaterThanOrEqual(stepsBefore);
      }
    });
  });

  it('is not always an exact prefix of what was not synced: that is why it is called no more than crash', async () => {
    await copies({ kinds: ['in-place', 'append', 'rename-over'], files: 8, blocks: 8 }, async (copy) => {
      let isFound = false;
      for (let turn = 0; turn < 600 && !isFound; turn += 1) {
        const { level, isPrefix } = await copy();
        expect(level).toBe('crash');
        isFound = !isPrefix;
      }
      expect(isFound).toBe(true);
    });
  });

  it('cannot be made better by holding the filesystem: a snapshot waits for the thaw', async () => {
    await withLoopFilesystem({ type: 'btrfs', sizeMiB: 128 }, async (mountPoint) => {
      const fd = openSync(mountPoint, 'r');
      const order: string[] = [];
      try {
        freezeUnguarded(fd);
        const making = createReadOnlySnapshot(fd, 'snapshot', fd).then(() => order.push('made'));
        await new Promise((resolve) => setTimeout(resolve, 500));
        order.push('thawed');
        thaw(fd);
        await making;
      } finally {
        closeSync(fd);
      }
      expect(order).toEqual(['thawed', 'made']);
    });
  });
});
