/**
 * Stands in for the helper: holds the root again and again, as told, and copies a folder while it does.
 * Arguments: the guard, the folder, where the copy is put (not on the root). Told: a hold as JSON, then `go`.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, fstatSync, mkdirSync, openSync, readdirSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startGuard, withFrozen } from '../../../../electron/helper/quiesce/guard/index.ts';
import { sleepSync } from '../../../../electron/helper/quiesce/guard/testing/sleep-sync.ts';
import { asStillpointError } from '../../../../shared/errors/index.ts';
import { nextLine, say } from './channel.ts';

const [guardBinary = '', folder = '', target = ''] = process.argv.slice(2);

interface Copied {
  readonly name: string;
  readonly fd: number;
  readonly content: Buffer;
}

/** Opens, reads, and closes nothing: that is for after the thaw. */
function readFolder(): Copied[] {
  return readdirSync(folder).map((name) => {
    const fd = openSync(join(folder, name), 'r');
    const content = Buffer.alloc(fstatSync(fd).size);
    readSync(fd, content, 0, content.length, 0);
    return { name, fd, content };
  });
}

function put(copied: readonly Copied[]): void {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target);
  for (const { name, fd, content } of copied) {
    closeSync(fd);
    writeFileSync(join(target, name), content);
  }
}

const root = openSync('/', 'r');
say('up');
for (;;) {
  const { leaseMs, holdMs } = JSON.parse(await nextLine()) as { leaseMs: number; holdMs: number };
  try {
    await using guard = await startGuard({
      ...{ mountPath: '/', mountFd: root, guardBinary, leaseMs },
      ...{ expediteRcu: true, emergencyThaw: true },
    });
    say('ready', { pids: guard.pids, abilities: guard.abilities });
    await nextLine();
    for (let flushes = 0; flushes < 2; flushes++) spawnSync('sync', ['-f', '/']);
    say('freezing');
    const copied: Copied[] = [];
    try {
      const outcome = withFrozen(guard, () => {
        say('frozen');
        copied.push(...readFolder());
        sleepSync(holdMs);
      });
      put(copied);
      say('over', { held: outcome.held, cause: outcome.cause, times: outcome.times });
    } catch (error) {
      for (const { fd } of copied) closeSync(fd);
      say('refused', { kind: asStillpointError(error).kind, message: asStillpointError(error).message });
    }
  } catch (error) {
    say('not-started', { message: asStillpointError(error).message });
  }
  say('closed');
}
