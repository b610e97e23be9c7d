import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { lastRecord } from '../../harness/command-line.ts';
import { newPlace, type Place } from '../../harness/place.ts';
import type { LoggedDisk } from './logged-disk.ts';
import { type Contents, changePapers, contentsOf, makePapers } from './papers.ts';

export const phases = ['backup', 'forget', 'prune'] as const;
export type Phase = (typeof phases)[number];

/** One command, and how long the log was when it began and when it had ended. */
export interface Step {
  readonly phase: Phase;
  readonly from: number;
  readonly to: number;
}

export interface Published {
  readonly id: string;
  readonly contents: Contents;
  /** Length of the log when the command that made it had ended. */
  readonly since: number;
  /** Length of the log when the command began that deleted it; none did: infinity. */
  readonly until: number;
}

export interface History {
  readonly repository: string;
  readonly steps: readonly Step[];
  readonly published: readonly Published[];
}

/** Where the repository lies on its disk. */
export const repositoryFolder = 'repository';
/** The folder that is backed up; restored copies of it are found by this name. */
export const papersFolder = 'papers';

const rounds = 3;

/** Backups, forgetting and pruning by the built command line, into a repository on a disk that logs. */
export async function makeHistory(disk: LoggedDisk, random: () => number): Promise<History> {
  const repository = join(disk.mountPoint, repositoryFolder);
  using place = newPlace(repository);
  const papers = join(place.path, papersFolder);
  mkdirSync(papers);
  makePapers(papers, random);
  await done(place, 'init');
  await done(place, 'sources', 'add', papers, '--name', papersFolder, '--keep-all');
  const steps: Step[] = [];
  const published: Published[] = [];
  const step = async (phase: Phase, ...command: string[]) => {
    const from = await disk.position();
    const result = await done(place, ...command);
    const to = await disk.position();
    steps.push({ phase, from, to });
    return { from, to, result };
  };
  const backUp = async (): Promise<void> => {
    const contents = contentsOf(papers);
    const { to, result } = await step('backup', 'backup', papersFolder);
    const { snapshotId } = lastRecord(result, 'result');
    published.push({ id: String(snapshotId), contents, since: to, until: Number.POSITIVE_INFINITY });
    changePapers(papers, random);
  };
  for (let round = 0; round < rounds; round += 1) {
    await backUp();
    await backUp();
    // A backup deletes by the rules as well: they say so only where that is looked at.
    await done(place, 'sources', 'set', papersFolder, '--keep-last', '2');
    const { from } = await step('forget', 'forget', papersFolder);
    await done(place, 'sources', 'set', papersFolder, '--keep-all');
    await markForgotten(place, published, from);
    await step('prune', 'prune', '--max-unused', '0');
  }
  await backUp();
  return { repository, steps, published };
}

async function markForgotten(place: Place, published: Published[], from: number): Promise<void> {
  const { records } = await done(place, 'snapshots');
  const left = new Set(records.filter(({ type }) => type === 'snapshot').map(({ id }) => id));
  for (const [at, snapshot] of published.entries())
    if (!left.has(snapshot.id) && snapshot.until === Number.POSITIVE_INFINITY)
      published[at] = { ...snapshot, until: from };
}

async function done(place: Place, ...command: string[]) {
  const result = await place.run(...command);
  if (result.code === 0 || result.code === 3) return result;
  throw new Error(
    `${command.join(' ')} ended with ${result.code}: ${result.stderr} ${JSON.stringify(result.records.slice(-2))}`,
  );
}
