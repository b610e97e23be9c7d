import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { whyNoLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import type { SleepGate } from '../lease/index.ts';
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
    expect(told.slice(-3)).toEqual(['dirtied', 'flush', 'freeze']);
    expect(levelOf(result)).toBe('filesystem');
  });
});
