/**
 * A process of its own beside a loop filesystem: `node loop-watchdog.ts DIRECTORY MOUNTPOINT SILENCE_MS`.
 *
 * Its standard input carries a byte a second from the test process. When they stay away for SILENCE_MS (the test process
 * hangs, perhaps in a write to a frozen filesystem) it thaws, again and again until they come back. At end of file
 * without a farewell ('q') the test process is dead: it thaws and takes the filesystem away.
 */
import { removeLoop, thawCompletely } from './loop-cleanup.ts';

const [directory, mountPoint, silence] = process.argv.slice(2);
if (directory === undefined || mountPoint === undefined || silence === undefined) process.exit(1);

const silenceMs = Number(silence);
let heardAt = performance.now();
let isDismissed = false;
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});

process.stdin.on('data', (bytes: Buffer) => {
  heardAt = performance.now();
  if (bytes.includes('q')) isDismissed = true;
});
process.stdin.on('close', () => {
  if (!isDismissed) removeLoop(directory, 5000);
  process.exit(0);
});
setInterval(() => {
  if (performance.now() - heardAt > silenceMs) thawCompletely(mountPoint);
}, 1000);
