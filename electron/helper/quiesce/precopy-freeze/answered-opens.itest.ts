import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { whyNoLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import { startScanner } from '../testing/start-scanner.ts';
import { justBefore, levelOf, openPrecopyScene } from './testing/precopy-scene.ts';

const missing = whyNoLoopFilesystem('ext4');
describe.skipIf(missing !== undefined)(missing ?? 'where a program is asked before files are opened', () => {
  it('is held when nothing has to be opened meanwhile', async () => {
    await using scene = await openPrecopyScene('ext4');
    await using _scanner = await startScanner(scene.mountPoint);
    const result = await scene.copy();
    expect(levelOf(result)).toBe('filesystem');
    expect(result.evidence.tracking).toMatchObject({ retries: [], filesInside: 0 });
  });

  it('is let go at once, with words, when something has to be', async () => {
    await using scene = await openPrecopyScene('ext4');
    await using _scanner = await startScanner(scene.mountPoint);
    let changes = 0;
    const copying = scene.copy({
      longestStallMs: 500,
      steps: {
        pause: async () => {},
        ...justBefore(() => writeFileSync(join(scene.root, 'folder', 'file'), `changed ${changes++}`)),
      },
    });
    await expect(copying).rejects.toMatchObject({
      kind: 'freeze-refused',
      message: expect.stringContaining('is asked before files'),
    });
    expect(changes).toBe(4);
  });

  it('is not held at all when the system runs from it', async () => {
    await using scene = await openPrecopyScene('ext4');
    await using _scanner = await startScanner(scene.mountPoint);
    const root = { concerns: () => true, obstacles: () => [], leaseMs: 250, emergencyThaw: true } as const;
    await expect(
      scene.copy({
        environment: { root },
        steps: { ...justBefore(() => expect.unreachable()), pause: async () => {} },
      }),
    ).rejects.toMatchObject({ kind: 'freeze-refused', message: expect.stringContaining('the system runs from it') });
  });
});
