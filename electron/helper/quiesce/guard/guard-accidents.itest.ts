import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type LoopFilesystem,
  type LoopFilesystemType,
  openLoopFilesystem,
  whyNoLoopFilesystem,
} from '../../system/testing/loop-filesystem.ts';
import { accidents } from './testing/accidents.ts';
import { faultsOf, runScenario } from './testing/scenario.ts';

const types: readonly LoopFilesystemType[] = ['ext4', 'xfs'];

for (const [index, type] of types.entries()) {
  const missing = whyNoLoopFilesystem(type);
  describe.skipIf(missing !== undefined)(`accidents on ${type}${missing === undefined ? '' : ` (${missing})`}`, () => {
    let filesystem: LoopFilesystem;
    beforeAll(async () => {
      filesystem = await openLoopFilesystem({ type, sizeMiB: 64 });
    });
    afterAll(() => filesystem.close());

    // Each accident on one of the filesystems, and the worst of them on both.
    const chosen = accidents.filter(([name], at) => at % types.length === index || name.startsWith('helper and guard'));
    test.each(chosen)('%s: writers go on in time, and nothing is left', async (_, accident, expected) => {
      const result = await runScenario({ mountPoint: filesystem.mountPoint, ...accident });
      expect(faultsOf(result)).toEqual([]);
      expect(result).toMatchObject(expected);
      expect(result.writes).toBeGreaterThan(10);
    });
  });
}
