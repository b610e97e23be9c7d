import { parentPort } from 'node:worker_threads';

// A thread that ends in the middle of what it was asked for.
parentPort?.on('message', () => process.exit(7));
