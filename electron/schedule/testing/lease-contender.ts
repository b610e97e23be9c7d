import { appendFileSync, mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { sourceIdSchema } from '../../../shared/domain/ids.ts';
import { takeLease } from '../lease.ts';

// node lease-contender.ts FOLDER ROUNDS: takes the lease and gives it back, again and again. Inside it makes a folder that
// is there only while somebody has the lease; `double` is written where it was there already.
// node lease-contender.ts FOLDER hold: takes it, says so, and keeps it.

const [folder = '', rounds = ''] = process.argv.slice(2);
const sourceId = sourceIdSchema.parse('papers');
const inside = join(folder, 'inside');

if (rounds === 'hold') {
  const taken = await takeLease(folder, sourceId, 'command-line');
  process.stdout.write(`${taken.kind}\n`);
  setInterval(() => undefined, 1_000);
} else {
  for (let round = 0; round < Number(rounds); ) {
    const taken = await takeLease(folder, sourceId, 'app');
    if (taken.kind === 'held') continue;
    round++;
    try {
      mkdirSync(inside);
    } catch {
      appendFileSync(join(folder, 'double'), `${process.pid}\n`);
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
    rmdirSync(inside);
    await taken.lease.release();
  }
}
