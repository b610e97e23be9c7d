import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { statxDescriptor } from '../../system/statx.ts';
import { whyNoLoopFilesystem, withLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import { hasFineCtimes } from './fine-ctimes.ts';

describe.each(['ext4', 'xfs', 'btrfs'] as const)('ctimes on %s', (type) => {
  const missing = whyNoLoopFilesystem(type) ?? (hasFineCtimes(type) ? undefined : 'needs Linux 6.13');
  it.skipIf(missing !== undefined)(
    missing ?? 'differ after each change that follows a look, however soon',
    async () => {
      await withLoopFilesystem({ type, sizeMiB: 32 }, (mountPoint) => {
        const fd = openSync(join(mountPoint, 'file'), 'w');
        try {
          const seen = new Set<bigint>();
          for (let change = 0; change < 2000; change += 1) {
            writeSync(fd, 'x', 0);
            seen.add(statxDescriptor(fd).ctimeNs);
          }
          expect(seen.size).toBe(2000);
        } finally {
          closeSync(fd);
        }
      });
    },
  );
});
