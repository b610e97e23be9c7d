import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openLoopFilesystem, whyNoLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import { examineFolder } from '../testing/examine-folder.ts';
import { freezeEnvironment } from '../testing/freeze-environment.ts';
import { recordingReporter } from '../testing/recording-reporter.ts';
import { startScanner } from '../testing/start-scanner.ts';
import { createFsfreezeCopy } from './fsfreeze-copy.ts';

const missing = whyNoLoopFilesystem('ext4');
it.skipIf(missing !== undefined)(
  missing ?? 'does not begin where a program is asked before files are opened',
  async () => {
    const filesystem = await openLoopFilesystem({ type: 'ext4', sizeMiB: 64 });
    try {
      const root = join(filesystem.mountPoint, 'source');
      mkdirSync(root);
      writeFileSync(join(root, 'file'), 'content');
      await using _scanner = await startScanner(filesystem.mountPoint);
      const report = recordingReporter();
      const { signal } = new AbortController();
      const copying = createFsfreezeCopy(freezeEnvironment({})).withStillView(
        await examineFolder(root),
        { longestStallMs: 500 },
        { signal, report },
        async () => {},
      );
      await expect(copying).rejects.toMatchObject({
        kind: 'freeze-refused',
        message: expect.stringContaining('is asked before files'),
      });
      expect(report.holds).toEqual([]);
    } finally {
      await filesystem.close();
    }
  },
);
