import { renameSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { decodeJob, type ToHand } from '../restore-messages.ts';

// A thread that does all it is asked for, but ends when half of a job's files have their names, and says nothing.
parentPort?.on('message', (message: ToHand) => {
  const job = decodeJob(message);
  if (job.kind !== 'place') return;
  for (const { dir, temp, name } of job.entries.slice(0, job.entries.length / 2))
    renameSync(`/proc/self/fd/${dir}/${temp}`, `/proc/self/fd/${dir}/${name}`);
  process.exit(7);
});
await import('../restore-worker.ts');
