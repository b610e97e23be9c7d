import { runBench } from '../harness/bench.ts';
import { has, listAfter, numberAfter } from './product/flags.ts';
import { fsyncPart } from './stall/fsync-writer.ts';
import { heldPart } from './stall/held-beside-textbook.ts';
import { hotPart } from './stall/hot-file.ts';
import { memoryPart } from './stall/in-memory.ts';
import type { BenchPart } from './stall/part.ts';

const help = `How long writers wait for a consistent copy, everything in one run and in turns. Parts, chosen with --parts a,b:
  held    the textbook way, ours through the whole product, and an idle freeze of the same filesystem; ext4 and xfs, on disk
  memory  the same of ours with images in RAM, small and large: what is left when no disk takes part
  fsync   a writer that flushes every step, during live passes and without a backup
  hot     one large file that several writers change at random, with writers that came later and that were there first
--large    the scale of the targets (1 GiB in 20,000 files, 4 GiB beside 256 MiB, a hot file of 1 GiB)
--rounds N`;
if (has('--help')) {
  console.log(help);
  process.exit(0);
}

const parts = ['held', 'memory', 'fsync', 'hot'] as const;
const large = has('--large');
const rounds = numberAfter('--rounds', large ? 30 : 6);
const mostMs = large ? Number.POSITIVE_INFINITY : 40_000;

const open: Record<(typeof parts)[number], () => Promise<BenchPart>> = {
  held: () => heldPart({ large, rounds }),
  memory: () => memoryPart({ large }),
  fsync: () => fsyncPart({ large }),
  hot: () => hotPart({ large }),
};

for (const part of listAfter('--parts', parts)) {
  await using opened = await open[part]();
  console.log(opened.title);
  await runBench({ name: `stall-${part}`, warmUp: 1, rounds, mostMs, ...opened });
}
