import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { runProgramOk } from '../../electron/helper/system/exec.ts';
import type { BusyFilesystem } from '../harness/busy-filesystem.ts';

/**
 * `fsfreeze -f; cp -a; fsfreeze -u`, as manuals have it, with a writer of its own. Returns how long the writer was held,
 * in milliseconds, by the writer's own clock.
 */
export async function textbookStall(filesystem: BusyFilesystem, scratch: string): Promise<number> {
  const { mountPoint } = filesystem;
  const copy = join(scratch, 'textbook');
  const writer = await filesystem.startWriter('textbook-writer');
  await writer.moreSteps(200);
  await runProgramOk('/usr/sbin/fsfreeze', ['-f', mountPoint]);
  try {
    await runProgramOk('/usr/bin/cp', ['-a', mountPoint, copy], { timeoutMs: 15_000 });
  } finally {
    await runProgramOk('/usr/sbin/fsfreeze', ['-u', mountPoint]);
  }
  await writer.moreSteps(50);
  const { longestStepMs } = await writer.stop();
  rmSync(copy, { recursive: true, force: true });
  rmSync(writer.directory, { recursive: true, force: true });
  return longestStepMs;
}
