import type { Crunched, CrunchJob, CrunchSettings, NamedJob } from '../repository/crunch/contract.ts';
import type { PackInSlab } from '../repository/crunch/slab-pack.ts';
import type { PackedBlob } from '../repository/format/blob.ts';
import type { Identity } from '../system/identity.ts';
import { decodeNamed, encodeNamed, type NamedJobs } from './named-messages.ts';

/** Memory that a thread makes packs in. `states` has a word for each: 0 free, 1 in use. */
export interface Slabs {
  readonly bytes: readonly SharedArrayBuffer[];
  readonly states: Int32Array;
}

export interface CrunchThreadData {
  readonly settings: CrunchSettings;
  readonly slabs: Slabs;
  /** What a thread has opened by name, -1 where it has not: closed by others where the thread is ended over it. Shared. */
  readonly openFiles: Int32Array;
  /** In whose name files are opened; null: the process's own. */
  readonly identity: Identity | null;
}

export interface NumberedJob {
  readonly number: number;
  readonly job: CrunchJob | NamedJob;
}

/** Many small things as few large ones: cloning an object for each small file would cost more than reading it. */
export type ToThread =
  | {
      readonly type: 'jobs';
      readonly streams: Float64Array;
      readonly named: NamedJobs | null;
      readonly others: readonly NumberedJob[];
    }
  | { readonly type: 'claims'; readonly table: SharedArrayBuffer }
  | { readonly type: 'flush' };

/** How a job failed: an error of the file is data, it ends neither the thread nor the run. */
export interface JobFailure {
  readonly number: number;
  readonly code: string;
  readonly message: string;
}

export interface PackMessage {
  readonly id: string;
  readonly length: number;
  /** One after the other. */
  readonly ids: string;
  /** Of each: offset, length, length of the plaintext where it is compressed. */
  readonly places: Uint32Array;
}

export type FromThread =
  | {
      readonly type: 'answers';
      readonly figures: Float64Array;
      readonly ids: string;
      readonly cuts: Float64Array;
      readonly failures: readonly JobFailure[];
    }
  | { readonly type: 'pack'; readonly slab: number; readonly pack: PackMessage }
  | { readonly type: 'flushed' };

const idText = 64;

export function encodeJobs(jobs: readonly NumberedJob[]): ToThread {
  const streams: number[] = [];
  const others: NumberedJob[] = [];
  const named: { number: number; job: NamedJob }[] = [];
  for (const { number, job } of jobs) {
    if (job.kind === 'stream') streams.push(number, job.fd, job.start, job.end);
    else if (job.kind === 'named') named.push({ number, job });
    else others.push({ number, job });
  }
  return { type: 'jobs', streams: Float64Array.from(streams), named: encodeNamed(named), others };
}

/** In another order than they were given in: what looks for cuts comes first. */
export function decodeJobs({ streams, named, others }: Extract<ToThread, { type: 'jobs' }>): NumberedJob[] {
  const jobs = [...others];
  for (let at = 0; at < streams.length; at += 4) {
    const [number = 0, fd = -1, start = 0, end = 0] = streams.subarray(at, at + 4);
    jobs.push({ number, job: { kind: 'stream', fd, start, end } });
  }
  if (named !== null) jobs.push(...decodeNamed(named));
  return jobs;
}

export type JobAnswer = JobFailure | { readonly number: number; readonly crunched: Crunched };

const figuresEach = 8;

export function encodeAnswers(answers: readonly JobAnswer[]): FromThread {
  const figures: number[] = [];
  const cuts: number[] = [];
  const failures: JobFailure[] = [];
  let ids = '';
  for (const answer of answers) {
    if (!('crunched' in answer)) {
      failures.push(answer);
      continue;
    }
    const { crunched } = answer;
    figures.push(answer.number, crunched.ids.length, crunched.cuts.length, crunched.length);
    figures.push(crunched.blobsNew, crunched.bytesNew, crunched.bytesStored, crunched.isAsNamed === true ? 1 : 0);
    for (const id of crunched.ids) ids += id;
    cuts.push(...crunched.cuts);
  }
  return { type: 'answers', figures: Float64Array.from(figures), ids, cuts: Float64Array.from(cuts), failures };
}

export function decodeAnswers(message: Extract<FromThread, { type: 'answers' }>): JobAnswer[] {
  const answers: JobAnswer[] = [...message.failures];
  let idAt = 0;
  let cutAt = 0;
  const figure = (at: number): number => message.figures[at] ?? 0;
  for (let at = 0; at < message.figures.length; at += figuresEach) {
    const [number, idCount, cutCount, length] = [figure(at), figure(at + 1), figure(at + 2), figure(at + 3)];
    const [blobsNew, bytesNew, bytesStored] = [figure(at + 4), figure(at + 5), figure(at + 6)];
    const isAsNamed = figure(at + 7) === 1;
    const ids = idsIn(message.ids, idAt, idCount);
    const cuts = cutCount === 0 ? [] : [...message.cuts.subarray(cutAt, cutAt + cutCount)];
    idAt += idCount;
    cutAt += cutCount;
    answers.push({ number, crunched: { ids, cuts, length, blobsNew, bytesNew, bytesStored, isAsNamed } });
  }
  return answers;
}

export function encodePack({ id, length, blobs }: PackInSlab): PackMessage {
  const places = new Uint32Array(blobs.length * 3);
  let ids = '';
  for (const [index, blob] of blobs.entries()) {
    places.set([blob.offset, blob.length, blob.uncompressedLength], index * 3);
    ids += blob.id;
  }
  return { id, length, ids, places };
}

export function decodePack({ id, length, ids, places }: PackMessage): PackInSlab {
  const blobs = idsIn(ids, 0, places.length / 3).map((blob, index): PackedBlob => {
    const [offset = 0, stored = 0, uncompressedLength = 0] = places.subarray(index * 3, index * 3 + 3);
    return { type: 'data', id: blob, offset, length: stored, uncompressedLength };
  });
  return { id: id as PackInSlab['id'], length, blobs };
}

function idsIn(text: string, first: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) =>
    text.slice((first + index) * idText, (first + index + 1) * idText),
  );
}
