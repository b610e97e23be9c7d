/**
 * Writes in order to several folders in turn: `node alternating-writer.ts FOLDER...`. Step n goes to folder n modulo their
 * number, and begins only when step n-1 is done: one line appended to `log`, and every 16 steps a file renamed over `last`.
 * Says `begun` after the first steps; ends with its input.
 */
import { openSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const folders = process.argv.slice(2);
const logs = folders.map((folder) => openSync(join(folder, 'log'), 'a'));
let isOver = false;
process.stdin.on('end', () => {
  isOver = true;
});
process.stdin.resume();

for (let step = 0; !isOver; step += 1) {
  const at = step % folders.length;
  const folder = folders[at] ?? '';
  writeSync(logs[at] ?? -1, `${String(step).padStart(9, '0')}\n`);
  if (step % 16 < folders.length) {
    writeFileSync(join(folder, 'next'), String(step));
    renameSync(join(folder, 'next'), join(folder, 'last'));
  }
  if (step === 100) process.stdout.write('begun\n');
  if (step % 4 === 0) await delay(1);
}
