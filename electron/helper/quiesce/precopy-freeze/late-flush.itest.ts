import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { whyNoLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import type { SleepGate } from '../lease/index.ts';
import { startMappedWriter } from '../testing/mapped-writer/index.ts';
import { precopySteps } from './index.ts';
import { levelOf, openPrecopyScene } from './testing/precopy-scene.ts';

/** The system does not sleep; right before a hold it is asked. */
function awakeGate(requireAwake: () => Promise<void>): SleepGate {
  const gate: Pick<SleepGate, 'hold'> = {
    hold: async () => ({ requireAwake, [Symbol.asyncDispose]: async () => {} }),
  };
  return gate as SleepGate;
}

const missing = whyNoLoopFilesystem('ext4');
describe.skipIf(missing !== undefined)(missing ?? 'what is dirtied after the last flush', () => {
  it('counts as to be read inside where somebody opened it since the last look, and so is no reason to hold in vain', async () => {
    await using scene = await openPrecopyScene('ext4');
    await using writer = await startMappedWriter();
    let isDue = true;
    let holds = 0;
    const requireAwake = async (): Promise<void> => {
      if (!isDue) return;
      isDue = false;
      writeFileSync(join(scene.root, 'late'), Buffer.alloc(700 * 1024, 1));
      // Another program has it open, and how was not looked at.
      await writer.map(join(scene.root, 'late'), 700 * 1024);
    };
    const result = await scene.copy({
      environment: { sleep: awakeGate(requireAwake), deltaMemoryBytes: 1024 * 1024 },
      steps: {
        pause: async () => {},
        withFrozen: (guard, work) => {
          holds += 1;
          return precopySteps.withFrozen(guard, work);
        },
      },
    });
    expect(result.evidence.tracking?.retries).toEqual([expect.stringContaining('late (700 KiB)')]);
    expect(holds).toBe(1);
    expect(levelOf(result)).toBe('filesystem');
  });

  it('is flushed before the freeze has to', async () => {
    await using scene = await openPrecopyScene('ext4');
    const told: string[] = [];
    const requireAwake = async (): Promise<void> => {
      // Beside the source, and after the last flush.
      writeFileSync(join(scene.mountPoint, 'beside'), Buffer.alloc(64 * 1024 * 1024, 1));
      told.push('dirtied');
    };
    const result = await scene.copy({
      environment: { sleep: awakeGate(requireAwake) },
      steps: {
        flush: async (fd) => {
          await precopySteps.flush(fd);
          told.push('flush');
        },
        withFrozen: (guard, work) => {
          told.push('freeze');
          return precopySteps.withFrozen(guard, work);
        },
      },
    });
    const sinceDirtied = told.slice(told.lastIndexOf('dirtied') + 1);
    // Several, where the disk is slow.
    expect([sinceDirtied[0], sinceDirtied.at(-1)]).toEqual(['flush', 'freeze']);
    expect(levelOf(result)).toBe('filesystem');
  });
});
