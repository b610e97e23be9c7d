import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgramOk } from '../../electron/helper/system/exec.ts';
import { type Contender, runBench, type Target } from '../harness/bench.ts';
import { largeFiles, smallFiles, warm } from './engine/corpus.ts';
import { borg, emptyFolder, ours, type Program, restic } from './engine/programs.ts';
import { has, listAfter, numberAfter } from './product/flags.ts';

// A first backup, a restore of it, and a check of all data: the built command line, beside restic and borg (lz4), each in a
// process and a repository of its own, in turns. Wall clock, processor time, most memory at once, size of the repository.
// Ours reads back what it restored; of restic, which does so only when told to, that is a figure of its own
// (`restore --verify`), while the target stays beside its plain restore.
//   --corpora large,small   five large files (1.6 GiB with `--large`); tens of thousands of small ones
//   --places memory,disk    where repositories and restored files lie
//   --steps backup,restore,check
// `--large` is the scale of the targets; `--rounds N`; `--no-borg`.

const corpora = { large: largeFiles, small: smallFiles } as const;
const places = { memory: '/dev/shm', disk: tmpdir() } as const;
const isLarge = has('--large');
const scale = isLarge ? 1 : 0.25;
const steps = listAfter('--steps', ['backup', 'restore', 'check'] as const);

const product = ours();
const theirs = await restic();
const other = has('--no-borg') ? undefined : await borg();
const programs: readonly Program[] = [product, theirs, ...(other === undefined ? [] : [other])];

for (const corpus of listAfter('--corpora', ['large', 'small'] as const)) {
  const folder = await corpora[corpus](scale);
  await warm(folder);
  for (const place of listAfter('--places', ['memory', 'disk'] as const)) {
    console.log(
      `${corpus} files (${folder}), repositories in ${place}: ${programs.map(({ name }) => name).join(', ')}`,
    );
    await runBench({
      name: `engine-${corpus}-${place}`,
      rounds: numberAfter('--rounds', isLarge ? 5 : 3),
      warmUp: 0,
      contenders: programs.map((program) => contender(program, folder, places[place])),
      targets: targetsFor(corpus),
    });
  }
}

function contender(program: Program, corpus: string, place: string): Contender {
  return {
    name: program.name,
    async run() {
      const scratch = emptyFolder(join(place, `stillpoint-bench-engine-${process.pid}`));
      const repository = join(scratch, 'repository');
      try {
        using opened = await program.open(repository, corpus);
        const figures: Record<string, number> = {};
        let peakMiB = 0;
        const step = async (name: string, run: () => Promise<{ wallMs: number; cpuMs: number; peakMiB: number }>) => {
          const figure = await run();
          figures[`${name} wall ms`] = figure.wallMs;
          figures[`${name} cpu ms`] = figure.cpuMs;
          peakMiB = Math.max(peakMiB, figure.peakMiB);
        };
        await step('backup', opened.backup);
        figures['repository MiB'] = await mebibytes(repository);
        if (steps.includes('restore')) {
          const target = join(scratch, 'target');
          await step('restore', () => opened.restore(emptyFolder(target)));
          const { restoreVerified } = opened;
          if (restoreVerified !== undefined) await step('restore --verify', () => restoreVerified(emptyFolder(target)));
        }
        if (steps.includes('check')) await step('check', opened.check);
        return { ...figures, 'peak MiB': peakMiB };
      } finally {
        rmSync(scratch, { recursive: true, force: true });
      }
    },
  };
}

async function mebibytes(folder: string): Promise<number> {
  const { stdout } = await runProgramOk('/usr/bin/du', ['-s', '--apparent-size', '--block-size=1', folder]);
  return Number(stdout.toString().split('\t')[0]) / 1024 / 1024;
}

function targetsFor(corpus: 'large' | 'small'): Target[] {
  const beside = (to: Program, figure: string, atMost: number): Target => ({
    text: `${corpus} files, ${figure}: ours to ${to.name}, median`,
    figure: { of: product.name, figure, stat: 'median' },
    to: { of: to.name, figure, stat: 'median' },
    atMost,
  });
  const targets = [
    beside(theirs, 'backup wall ms', 1 / (corpus === 'large' ? 2.3 : 1.5)),
    beside(theirs, 'repository MiB', 1.03),
    {
      text: `${corpus} files: peak MiB`,
      figure: { of: product.name, figure: 'peak MiB', stat: 'max' as const },
      atMost: 400,
    },
  ];
  if (other !== undefined) targets.push(beside(other, 'backup wall ms', 1 / 1.4));
  if (steps.includes('restore')) targets.push(beside(theirs, 'restore wall ms', 1 / 1.5));
  if (steps.includes('check')) targets.push(beside(theirs, 'check wall ms', 1 / 1.5));
  return targets;
}
