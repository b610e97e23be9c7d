import { readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { Cruncher } from '../repository/crunch/cruncher.ts';
import {
  type CrunchThreadData,
  decodeJobs,
  encodeAnswers,
  encodePack,
  type FromThread,
  type JobAnswer,
  type NumberedJob,
  type ToThread,
} from './messages.ts';
import { type OpenedFiles, openNamed } from './named-files.ts';

// A thread that takes files in. Everything in it is synchronous: it reads from descriptors that others opened, and waits
// where all its memory for packs is still being written.

const { settings, slabs, identity, openFiles } = workerData as CrunchThreadData;
const port = parentPort;
if (port === null) throw new Error('this runs as a thread of the helper');
const tell = (message: FromThread): void => port.postMessage(message);

const cruncher = new Cruncher({
  settings,
  read: (fd, into, offset, length, position) => readSync(fd, into, offset, length, position),
  takeSlab,
  onPack: (slab, pack) => tell({ type: 'pack', slab, pack: encodePack(pack) }),
});

port.on('message', (message: ToThread) => {
  switch (message.type) {
    case 'jobs':
      tell(encodeAnswers(answerAll(decodeJobs(message))));
      break;
    case 'claims':
      cruncher.moreClaims(message.table);
      break;
    case 'flush':
      cruncher.flush();
      tell({ type: 'flushed' });
      break;
  }
});

function answerAll(jobs: readonly NumberedJob[]): JobAnswer[] {
  using named = openNamed(jobs, identity, openFiles);
  return jobs.map((each) => answer(each, named));
}

function answer({ number, job }: NumberedJob, named: OpenedFiles): JobAnswer {
  try {
    return { number, crunched: job.kind === 'named' ? named.crunch(job, cruncher) : cruncher.do(job) };
  } catch (error) {
    // Only the system's answer about a file is the file's: anything else ends the thread, and the run.
    if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) throw error;
    return { number, code: String(error.code), message: error.message };
  }
}

function takeSlab(): { number: number; bytes: Buffer } {
  for (let number = 0; ; number = (number + 1) % slabs.bytes.length) {
    if (Atomics.compareExchange(slabs.states, number, 0, 1) === 0) {
      return { number, bytes: Buffer.from(slabs.bytes[number] as SharedArrayBuffer) };
    }
    // Any of them may be free first: look at each now and then.
    Atomics.wait(slabs.states, number, 1, 20);
  }
}
