import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startOrderedWriter, type WriterPlan } from '../../electron/helper/quiesce/testing/ordered-writer/index.ts';
import { runProgramOk } from '../../electron/helper/system/exec.ts';
import { openLoopFilesystem } from '../../electron/helper/system/testing/loop-filesystem.ts';
import { type Contender, runBench, type Target } from '../harness/bench.ts';
import { lastRecord, stillpoint } from '../harness/command-line.ts';
import { newPlace } from '../harness/place.ts';

// How long a writer is held by a consistent copy: the textbook way (freeze, copy everything, thaw) beside ours, in one
// run, on the same filesystem with the same writer. The figure is the writer's own: its longest step.

const args = process.argv.slice(2);
const large = args.includes('--large');
const files = large ? 16_000 : 5_000;
const fileBytes = (large ? 67 : 52) * 1024;
const rounds = numberAfter('--rounds', large ? 3 : 5);
const types = ['ext4', 'xfs'] as const;
const plan: WriterPlan = { kinds: ['in-place', 'append', 'rename-over'], files: 20, blocks: 16 };

const user = newPlace();
const scratch = user.path;
const { passwordFile, environment } = user;

const contenders: Contender[] = [];
const targets: Target[] = [];
const opened: { close(): Promise<void> }[] = [];
try {
  for (const type of types) {
    const filesystem = await openLoopFilesystem({ type, sizeMiB: large ? 3072 : 1024, watchdogSilenceMs: 60_000 });
    opened.push(filesystem);
    const data = join(filesystem.mountPoint, 'data');
    fill(data);
    const repo = join(scratch, `repo-${type}`);
    const common = ['--repo', repo, '--password-file', passwordFile];
    const made = await stillpoint(['init', ...common], environment);
    if (made.code !== 0) throw new Error(`init failed: ${JSON.stringify(made)}`);

    contenders.push({
      name: `textbook ${type}`,
      run: (round) => underLoad(filesystem.mountPoint, round, () => textbook(filesystem.mountPoint)),
    });
    contenders.push({
      name: `stillpoint ${type}`,
      run: (round) => underLoad(filesystem.mountPoint, round, () => ours(filesystem.mountPoint, common)),
    });
    targets.push({
      text: `${type} stall of ours to textbook`,
      figure: 'stall ms',
      of: `stillpoint ${type}`,
      to: `textbook ${type}`,
      atMost: 0.2,
    });
  }
  console.log(`${files} files of ${fileBytes} bytes, ordered writer in the same filesystem, images on disk`);
  await runBench({ name: 'stall', rounds, warmUp: 1, contenders, targets });
} finally {
  for (const filesystem of opened) await filesystem.close();
  user[Symbol.dispose]();
}

async function underLoad(
  mountPoint: string,
  round: number,
  work: () => Promise<Record<string, number>>,
): Promise<Record<string, number>> {
  const directory = join(mountPoint, `writer-${round}`);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory);
  const writer = await startOrderedWriter({ directory, plan, stepsPerSecond: 500 });
  try {
    await writer.reached(200);
    const figures = await work();
    await writer.reached(writer.stepsSoFar() + 50);
    const { longestStepMs } = await writer.stop();
    return { 'stall ms': longestStepMs, ...figures };
  } finally {
    await Promise.resolve(writer[Symbol.asyncDispose]()).catch(() => {});
    rmSync(directory, { recursive: true, force: true });
  }
}

/** `fsfreeze -f; cp -a; fsfreeze -u`, as manuals have it. */
async function textbook(mountPoint: string): Promise<Record<string, number>> {
  const copy = join(scratch, 'textbook');
  const startedAt = performance.now();
  await runProgramOk('/usr/sbin/fsfreeze', ['-f', mountPoint]);
  try {
    await runProgramOk('/usr/bin/cp', ['-a', mountPoint, copy], { timeoutMs: 120_000 });
  } finally {
    await runProgramOk('/usr/sbin/fsfreeze', ['-u', mountPoint]);
  }
  const wall = performance.now() - startedAt;
  rmSync(copy, { recursive: true, force: true });
  return { 'wall ms': wall };
}

async function ours(mountPoint: string, common: readonly string[]): Promise<Record<string, number>> {
  const startedAt = performance.now();
  const run = await stillpoint(['backup', mountPoint, '--longest-stall', '60000', ...common], environment);
  const wall = performance.now() - startedAt;
  const result = lastRecord(run, 'result');
  if (result.level !== 'filesystem') throw new Error(`not held still: ${await whyNot(common)}`);
  return { 'wall ms': wall, 'stall as recorded ms': Number(result.stallMs) };
}

/** Half random, half text, as files are; one folder of a hundred files each. */
function fill(directory: string): void {
  const noise = randomBytes(fileBytes);
  const first = join(directory, '0');
  mkdirSync(first, { recursive: true });
  for (let index = 0; index < 100; index++) {
    const text = Buffer.from(`file ${index} `.repeat(fileBytes / 8)).subarray(0, fileBytes / 2);
    writeFileSync(
      join(first, String(index)),
      Buffer.concat([noise.subarray(index * 64, index * 64 + fileBytes / 2), text]),
    );
  }
  for (let folder = 1; folder < files / 100; folder++)
    cpSync(first, join(directory, String(folder)), { recursive: true });
}

function numberAfter(flag: string, otherwise: number): number {
  const at = args.indexOf(flag);
  return at === -1 ? otherwise : Number(args[at + 1]);
}

async function whyNot(common: readonly string[]): Promise<string> {
  const proof = lastRecord(await stillpoint(['evidence', 'latest', ...common], environment), 'evidence');
  return JSON.stringify((proof.evidence as { whyNotStronger: unknown }).whyNotStronger);
}
