import { LocalBackend } from '../backend/local/local-backend.ts';
import { openRepository } from '../open.ts';
import { dieBefore } from './break-after.ts';
import { faulty } from './faulty.ts';
import { testOptions } from './memory-repository.ts';

/**
 * A process that deletes the oldest and the newest snapshot, gives their space back, and is killed just before its nth
 * change of the repository: `run-reclaimer.ts ROOT NTH`. Ends with 0 when there were fewer.
 */
const [root = '', nth = '1'] = process.argv.slice(2);
const backend = faulty(new LocalBackend(root));
const repository = await openRepository(backend, testOptions);
const lock = await repository.locks.acquire({ mode: 'exclusive' });
const { snapshots } = await repository.snapshots.list();
const ids = [snapshots[0], snapshots.at(-1)].flatMap((snapshot) => snapshot?.id ?? []);
const plan = await repository.planReclaim(lock, new Set(ids));
dieBefore(backend, Number(nth));
await repository.snapshots.remove(lock, ids);
await plan.carryOut();
await lock.release();
