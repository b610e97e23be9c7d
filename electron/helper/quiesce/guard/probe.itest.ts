import { expect, it } from 'vitest';
import { processInfo } from '../../system/process-info.ts';
import { whyNoLoopFilesystem, withLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import { startGuard, startProbe, withFrozen } from './index.ts';
import { guardBinary } from './testing/guard-binary.ts';
import { sleepSync } from './testing/sleep-sync.ts';

const missing = whyNoLoopFilesystem('ext4');

it.skipIf(missing !== undefined)(`feels what a hold costs${missing ? ` (${missing})` : ''}`, async () => {
  await withLoopFilesystem({ type: 'ext4', sizeMiB: 16 }, async (mountPoint) => {
    const probe = await startProbe(guardBinary(), mountPoint);
    {
      await using held = probe;
      sleepSync(50);
      expect(held.read()?.steps).toBeGreaterThan(5);
      await using guard = await startGuard({ mountPath: mountPoint, guardBinary: guardBinary(), leaseMs: 2000 });
      const outcome = withFrozen(guard, () => sleepSync(300));
      const felt = held.read();
      expect(outcome.held).toBe(true);
      expect(felt?.longestMs).toBeGreaterThanOrEqual(295);
      sleepSync(20);
      // What was told once is not told again.
      expect(held.read()?.longestMs).toBeLessThan(felt?.longestMs ?? 0);
    }
    expect(processInfo(probe.pid)).toBeUndefined();
  });
});

it('needs a place that may be written', async () => {
  await expect(startProbe(guardBinary(), '/proc')).rejects.toMatchObject({ syscall: 'open' });
});
