import { parentPort, workerData } from 'node:worker_threads';
import { mixBlocks, mixesAsNode } from '../repository/crypto/scrypt-mix.ts';
import type { ScryptThreadData } from './scrypt-messages.ts';

// A thread that mixes some blocks of one password. Where it would mix them wrongly it ends, and node's own scrypt serves.

const { shared, start, end, cost } = workerData as ScryptThreadData;
if (!mixesAsNode()) throw new Error('scrypt does not work here as it must');
mixBlocks(new Uint8Array(shared, start, end - start), cost);
parentPort?.postMessage(null);
