/**
 * A process of its own that is asked, by the kernel, before the content of some files is accessed:
 * `node program.ts ARENA_BYTES LONGEST_WAIT_MS`. See ../README.md. Whoever reads or writes such a file waits for it, so it
 * waits for nobody: one loop, no event loop, no file opened but in /proc, and a watcher that ends it when it is silent.
 */
import { writeSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { arenaFd, beatFd } from '../protocol.ts';
import { Arena } from './arena.ts';
import { serve } from './serve.ts';

const [arenaBytes, longestWaitMs] = process.argv.slice(2).map(Number);
if (arenaBytes === undefined || longestWaitMs === undefined) process.exit(1);

const beat = Buffer.alloc(8);
beat.writeBigUInt64LE(1n);
const beatEveryMs = 20;
let beatenAt = 0;

try {
  // Others wait for it.
  setPriority(constants.priority.PRIORITY_HIGHEST);
} catch {
  // Not permitted: they wait a little longer.
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
try {
  serve({
    arena: new Arena(arenaFd, arenaBytes),
    longestWaitMs,
    beat: () => {
      const at = performance.now();
      if (at - beatenAt < beatEveryMs) return;
      beatenAt = at;
      writeSync(beatFd, beat);
    },
  });
} finally {
  // Nothing is told to anybody: a message could wait, and the kernel lets all go on when this process is gone.
  process.kill(process.pid, 'SIGKILL');
}
