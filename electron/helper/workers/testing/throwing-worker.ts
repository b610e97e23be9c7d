import { parentPort } from 'node:worker_threads';

// A thread that meets a defect of ours.
parentPort?.on('message', () => {
  throw new Error('out of luck');
});
