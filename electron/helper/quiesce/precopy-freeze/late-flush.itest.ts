import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bind, check } from '../../system/libc.ts';
import { isKernelAtLeast, kernelRelease } from '../../system/machine.ts';
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

/** The same number on all architectures. */
const cachestatCall = 451;
const cachestat = bind<(call: number, fd: number, range: Uint8Array, into: Uint8Array, flags: number) => number>(
  'intptr_t syscall(intptr_t, intptr_t, const void *, void *, intptr_t)',
);

/** Pages of a file that are in memory only, or on their way. Source: cachestat(2), Linux 6.5. */
function dirtyPages(path: string): number {
  const fd = openSync(path, 'r');
  try {
    const found = Buffer.alloc(40);
    check(Number(cachestat(cachestatCall, fd, Buffer.alloc(16), found, 0)), 'cachestat');
    return Number(found.readBigUInt64LE(8) + found.readBigUInt64LE(16));
  } finally {
    closeSync(fd);
  }
}

const missing = isKernelAtLeast(kernelRelease(), 6, 5)
  ? whyNoLoopFilesystem('ext4')
  : 'Linux 6.5 is needed to ask which pages are dirty';
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
    const beside = join(scene.mountPoint, 'beside');
    const told: string[] = [];
    let dirtyAtFreeze: number | undefined;
    const requireAwake = async (): Promise<void> => {
      // Beside the source, and after the last flush.
      writeFileSync(beside, Buffer.alloc(64 * 1024 * 1024, 1));
      expect(dirtyPages(beside)).toBeGreaterThan(0);
      told.push('dirtied');
    };
    const result = await scene.copy({
      environment: { sleep: awakeGate(requireAwake) },
      steps: {
        flush: async (fd) => {
          told.push('flush');
          await precopySteps.flush(fd);
          told.push('flushed');
        },
        withFrozen: (guard, work) => {
          dirtyAtFreeze = dirtyPages(beside);
          told.push('freeze');
          return precopySteps.withFrozen(guard, work);
        },
      },
    });
    // How many flushes that takes is the disk's business; that nothing is left for the freeze is ours.
    expect(dirtyAtFreeze).toBe(0);
    // Each is awaited, the freeze comes right after one that began after the writing, and comes once.
    expect(told.slice(told.indexOf('dirtied')).join(' ')).toMatch(/^dirtied( flush flushed)+ freeze$/);
    expect(levelOf(result)).toBe('filesystem');
  });
});
