import type { NamedJob } from '../repository/crunch/contract.ts';

/** Named files as a few lists: of each its number, folder, size and length of name, then inode, mtime and ctime. */
export interface NamedJobs {
  readonly figures: Float64Array;
  readonly versions: BigInt64Array;
  /** One after the other. */
  readonly names: Uint8Array;
}

interface Numbered {
  readonly number: number;
  readonly job: NamedJob;
}

const figuresEach = 4;
const versionsEach = 3;

export function encodeNamed(jobs: readonly Numbered[]): NamedJobs | null {
  if (jobs.length === 0) return null;
  const figures = new Float64Array(jobs.length * figuresEach);
  const versions = new BigInt64Array(jobs.length * versionsEach);
  let length = 0;
  for (const { job } of jobs) length += job.name.length;
  // Memory of its own: of a part of another the whole would be copied.
  const names = new Uint8Array(length);
  let at = 0;
  for (const [index, { number, job }] of jobs.entries()) {
    const figure = index * figuresEach;
    figures[figure] = number;
    figures[figure + 1] = job.directory;
    figures[figure + 2] = job.size;
    figures[figure + 3] = job.name.length;
    const version = index * versionsEach;
    versions[version] = job.inode;
    versions[version + 1] = job.mtimeNs;
    versions[version + 2] = job.ctimeNs;
    names.set(job.name, at);
    at += job.name.length;
  }
  return { figures, versions, names };
}

export function decodeNamed({ figures, versions, names }: NamedJobs): Numbered[] {
  const jobs: Numbered[] = [];
  let from = 0;
  for (let index = 0; index * figuresEach < figures.length; index += 1) {
    const figure = (at: number): number => figures[index * figuresEach + at] ?? 0;
    const version = (at: number): bigint => BigInt.asIntN(64, versions[index * versionsEach + at] ?? 0n);
    const name = names.subarray(from, from + figure(3));
    from += name.length;
    const job: NamedJob = {
      ...{ kind: 'named', directory: figure(1), size: figure(2), name },
      // An inode number fills all its bits.
      ...{ inode: BigInt.asUintN(64, version(0)), mtimeNs: version(1), ctimeNs: version(2) },
    };
    jobs.push({ number: figure(0), job });
  }
  return jobs;
}
