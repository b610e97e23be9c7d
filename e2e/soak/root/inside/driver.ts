/**
 * Runs inside the guest, on the root that is held. Nothing of its own is on that root while it works: what it says and what
 * it hears lies under /run. Arguments: guard, folder for the ordered writer. For each `/run/soak/case-N` it writes
 * `/run/soak/verdict-N`.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  startOrderedWriter,
  type WriterPlan,
} from '../../../../electron/helper/quiesce/testing/ordered-writer/index.ts';
import type { BackupCase, RootCase, RootVerdict } from '../case.ts';
import { ProductBackups } from './product-backups.ts';
import { RootHolds } from './root-holds.ts';

const [guardBinary = '', folder = ''] = process.argv.slice(2);
const plan: WriterPlan = { kinds: ['in-place', 'append', 'rename-over', 'synced'], files: 2, blocks: 4 };

mkdirSync(folder, { recursive: true });
const writer = await startOrderedWriter({ directory: folder, plan, stepsPerSecond: 40 });
const holds = new RootHolds({ guardBinary, folder, plan, writer, copy: '/run/soak/copy' });
const program = `${import.meta.dirname}/../../../../electron/helper/index.ts`;
const backups = new ProductBackups({ program, folder, plan, writer });
await holds.start();
writeFileSync('/run/soak/up', '');

for (let n = 0; ; n++) {
  while (!existsSync(`/run/soak/case-${n}`)) await sleep(20);
  const asked = JSON.parse(readFileSync(`/run/soak/case-${n}`, 'utf8')) as RootCase | BackupCase;
  const verdict = await ('victims' in asked ? holds.play(asked) : backups.play(asked)).catch(
    (error: unknown): RootVerdict => ({
      faults: [error instanceof Error ? (error.stack ?? error.message) : String(error)],
      facts: {},
    }),
  );
  writeFileSync(`/run/soak/verdict-${n}.new`, JSON.stringify(verdict));
  renameSync(`/run/soak/verdict-${n}.new`, `/run/soak/verdict-${n}`);
}
