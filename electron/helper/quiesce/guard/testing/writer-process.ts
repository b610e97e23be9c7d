/**
 * Writes and flushes a record about every millisecond, and measures each.
 * Arguments: the directory to write in. Told: end. Then tells the longest operation, and the spans of the writes.
 */
import { closeSync, constants, fsyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { say, told } from './say.ts';

const fd = openSync(join(process.argv[2] ?? '', 'records'), constants.O_CREAT | constants.O_RDWR, 0o600);
const record = Buffer.alloc(64, 1);
/** [before, after] of each write call, CLOCK_MONOTONIC ns. */
const writes: [bigint, bigint][] = [];
let longestNs = 0n;
let isOver = false;

void told('end').then(() => {
  isOver = true;
});
say('writing');
for (let step = 0; !isOver; step++) {
  const before = process.hrtime.bigint();
  writeSync(fd, record, 0, record.length, (step % 1024) * record.length);
  const written = process.hrtime.bigint();
  fsyncSync(fd);
  const after = process.hrtime.bigint();
  writes.push([before, written]);
  if (after - before > longestNs) longestNs = after - before;
  await sleep(1);
}
closeSync(fd);
say('written', { longestMs: Number(longestNs) / 1e6, writes });
process.exit(0);
