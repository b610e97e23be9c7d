import { rmSync } from 'node:fs';
import { runProgramOk } from '../../../electron/helper/system/exec.ts';

/** `fsfreeze -f; cp -a; fsfreeze -u`, as manuals have it. Returns when it held, ms since the epoch. */
export async function textbook(mountPoint: string, copy: string): Promise<{ fromMs: number; toMs: number }> {
  const fromMs = performance.timeOrigin + performance.now();
  await runProgramOk('/usr/sbin/fsfreeze', ['-f', mountPoint]);
  try {
    await runProgramOk('/usr/bin/cp', ['-a', mountPoint, copy], { timeoutMs: 300_000 });
  } finally {
    await runProgramOk('/usr/sbin/fsfreeze', ['-u', mountPoint]);
  }
  const toMs = performance.timeOrigin + performance.now();
  rmSync(copy, { recursive: true, force: true });
  return { fromMs, toMs };
}
