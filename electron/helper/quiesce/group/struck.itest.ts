import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { type LoopFilesystem, openLoopFilesystem, whyNoLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import { guardBinary } from '../guard/testing/guard-binary.ts';
import { leaseOf } from '../holding/hold-still.ts';

const missing = whyNoLoopFilesystem('ext4') ?? whyNoLoopFilesystem('xfs');
const program = fileURLToPath(new URL('./testing/struck-inside.ts', import.meta.url));
const longestStallMs = 1000;
const expedited = (): string => readFileSync('/sys/kernel/rcu_expedited', 'latin1').trim();
const deadlineMs = leaseOf(longestStallMs) + 2000;

describe.skipIf(missing !== undefined)(missing ?? 'a helper that is struck while several filesystems are held', () => {
  const cleanUps: (() => Promise<unknown> | unknown)[] = [];
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
  });

  it.each(['SIGKILL', 'SIGSTOP'] as const)(
    'by %s leaves nobody waiting longer than the lease and 2 s',
    async (signal) => {
      const filesystems: LoopFilesystem[] = [];
      for (const type of ['ext4', 'xfs'] as const) {
        const filesystem = await openLoopFilesystem({ type, sizeMiB: 32 });
        cleanUps.push(() => filesystem.close());
        filesystems.push(filesystem);
      }
      const folders = filesystems.map(({ mountPoint }) => join(mountPoint, 'source'));
      for (const folder of folders) {
        mkdirSync(folder);
        writeFileSync(join(folder, 'file'), 'x');
      }
      const child = spawn(process.execPath, [program, guardBinary(), signal, String(longestStallMs), ...folders], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      cleanUps.push(async () => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const gone = once(child, 'exit');
        child.kill('SIGKILL');
        await gone;
      });
      const said: unknown[] = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
      expect(String(said[0])).toBe('inside\n');
      const startedAt = performance.now();
      // Each waits for its filesystem, and is over when that is thawed.
      const waits = await Promise.all(
        folders.map(async (folder) => {
          const file = await open(join(folder, 'after'), 'w');
          await file.writeFile('x');
          await file.sync();
          await file.close();
          return performance.now() - startedAt;
        }),
      );
      expect(Math.max(...waits)).toBeLessThan(deadlineMs);
      // One that was only stopped is ended by the lease, and by nothing before.
      if (signal === 'SIGSTOP') expect(Math.max(...waits)).toBeGreaterThan(longestStallMs / 4);
      // Others on this machine may freeze, too: it is not left as the one that was struck had set it.
      await expect.poll(expedited, { timeout: 10_000 }).toBe('0');
    },
  );
});
