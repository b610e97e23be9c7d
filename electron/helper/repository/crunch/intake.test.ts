import { expect, it } from 'vitest';
import type { Crunched, CrunchJob, CrunchLine } from './contract.ts';
import { Intake } from './intake.ts';

const mib = 1024 * 1024;
const nothing = { ids: [], cuts: [], blobsNew: 0, bytesNew: 0, bytesStored: 0 };

/** Threads that cut a file every 4 MiB. */
function crunched(job: CrunchJob): Crunched {
  if (job.kind === 'stream') return { ...nothing, length: job.end - job.start };
  if (job.kind === 'pieces')
    return { ...nothing, ids: job.cuts.map(String), length: (job.cuts.at(-1) ?? 0) - job.start };
  const cuts: number[] = [];
  for (let at = job.start; at < job.end && at - job.start < job.enough; at += 4 * mib)
    cuts.push(Math.min(job.end, at + 4 * mib));
  return { ...nothing, cuts, length: job.end - job.start };
}

function startedIntake(signal = new AbortController().signal, line: Partial<CrunchLine> = {}): Intake {
  const intake = new Intake({
    start: () => ({
      atOnce: 2,
      put: async (job) => crunched(job),
      putNamed: (_, done) => done(nothing as never),
      moreClaims: () => {},
      flush: async () => {},
      close: async () => {},
      ...line,
    }),
    settings: {} as never,
    savePack: async () => {},
    onFailure: () => {},
    signal,
    onCrunched: () => {},
  });
  intake.start([]);
  return intake;
}

it('takes a large file to its end while it is still the same', async () => {
  let asked = 0;
  const isStill = (): boolean => {
    asked += 1;
    return true;
  };
  const taken = await startedIntake().take(-1, 0, 200 * mib, { isStill });
  expect(taken.length).toBe(200 * mib);
  expect(taken.blobs).toHaveLength(50);
  // As often as every longest job at least.
  expect(asked).toBeGreaterThanOrEqual(200 / 16);
});

it('ends a large file where it is no longer the same, as if it were cut off there', async () => {
  let asked = 0;
  const isStill = (): boolean => {
    asked += 1;
    return asked <= 3;
  };
  const taken = await startedIntake().take(-1, 0, 200 * mib, { isStill });
  expect(taken.length).toBeLessThanOrEqual(3 * 16 * mib);
  expect(taken.length).toBeGreaterThan(0);
  expect(taken.blobs).toEqual(
    Array.from({ length: taken.length / (4 * mib) }, (_, index) => String((index + 1) * 4 * mib)),
  );
});

it('asks nothing about what one job takes', async () => {
  const taken = await startedIntake().take(-1, 0, 16 * mib, { isStill: () => expect.unreachable() });
  expect(taken.length).toBe(16 * mib);
});

it('ends the threads with a cancel, and says so to all who wait, however much they still had to do', async () => {
  const cancel = new AbortController();
  const end = Promise.withResolvers<never>();
  const waiting = Promise.withResolvers<unknown>();
  const intake = startedIntake(cancel.signal, {
    put: () => end.promise,
    putNamed: (_file, _done, failed) => void end.promise.catch(failed),
    close: async () => end.reject(new Error('The run was over.')),
  });
  const taking = intake.take(-1, 0, mib, {});
  intake.takeNamed(
    { directory: -1, name: Buffer.from('file'), size: 1, inode: 1n, mtimeNs: 1n, ctimeNs: 1n },
    waiting.reject,
    waiting.resolve,
  );
  cancel.abort();
  await expect(taking).rejects.toMatchObject({ kind: 'cancelled' });
  expect(await waiting.promise).toMatchObject({ kind: 'cancelled' });
});
