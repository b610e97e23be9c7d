import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { resticBinaries } from '../../electron/helper/repository/testing/restic-program.ts';
import { runProgramOk } from '../../electron/helper/system/exec.ts';
import { type Contender, runBench, type Target } from '../harness/bench.ts';
import { type BenchPlace, openBenchPlace } from './product/bench-place.ts';
import { change, fill } from './product/fill.ts';
import { has, numberAfter } from './product/flags.ts';

// A backup when nothing changed, and when 1 % of the files did: ours in one helper that goes on and follows changes, beside
// restic on the same tree, in turns. `--large` is the scale of the targets (75,000 entries); `--rounds N`.

const large = has('--large');
const files = large ? 74_250 : 20_000;
const fileBytes = 2 * 1024;
const onePercent = 100;

const newest = resticBinaries().findLast(({ path, minor }) => path !== undefined && minor >= 17);
const program = newest?.path ?? join(import.meta.dirname, '../../out/tools/restic-0.18.0');

await using place = await openBenchPlace({ type: 'ext4', sizeMiB: large ? 3072 : 512 }, (at) =>
  fill(join(at, 'data'), files, fileBytes),
);
const data = join(place.mountPoint, 'data');
const theirs = join(place.user.path, 'restic');
const restic = (...args: readonly string[]) =>
  runProgramOk(program, ['--repo', theirs, '--password-file', place.user.passwordFile, ...args], {
    timeoutMs: 600_000,
    env: { HOME: place.user.path, PATH: '/usr/bin:/bin' },
  });
const version = (await runProgramOk(program, ['version'])).stdout.toString().trim();
await restic('init');
await restic('backup', place.mountPoint);
// Once to store it all; from then on changes are followed.
await place.backup();

const contenders: Contender[] = [
  { name: 'stillpoint, nothing changed', run: () => afterOne(() => ours(place)) },
  { name: 'restic, nothing changed', run: () => afterOne(theirRound) },
  { name: 'stillpoint, 1 % changed', run: () => changed(() => ours(place)) },
  { name: 'restic, 1 % changed', run: () => changed(theirRound) },
];
const ratio = (what: string, atMost: number): Target => ({
  text: `${what}: ours to restic's, median`,
  figure: { of: `stillpoint, ${what}`, figure: 'wall ms', stat: 'median' },
  to: { of: `restic, ${what}`, figure: 'wall ms', stat: 'median' },
  atMost,
});
console.log(
  `${files} files of ${fileBytes} bytes in ${Math.ceil(files / 100)} folders on ext4, image on disk; ${version}`,
);
await runBench({
  name: 'nochange',
  rounds: numberAfter('--rounds', large ? 10 : 5),
  warmUp: 1,
  contenders,
  targets: [ratio('nothing changed', 1 / 10), ratio('1 % changed', 1 / 5)],
});

async function ours(of: BenchPlace): Promise<Record<string, number>> {
  const before = processorMs(of.session.pid, 'own');
  const { wallMs, result } = await of.backup();
  const usedMs = processorMs(of.session.pid, 'own') - before;
  return { 'wall ms': wallMs, 'processor ms': usedMs, 'hold ms': result.stallMs ?? Number.NaN };
}

async function theirRound(): Promise<Record<string, number>> {
  const before = processorMs('self', 'children');
  const startedAt = performance.now();
  await restic('backup', place.mountPoint);
  return { 'wall ms': performance.now() - startedAt, 'processor ms': processorMs('self', 'children') - before };
}

/** Processor time of a process, all threads, or of its children that have ended; 10 ms at a time. proc_pid_stat(5). */
function processorMs(pid: number | 'self', of: 'own' | 'children'): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const at = of === 'own' ? 11 : 13;
  return (Number(fields[at]) + Number(fields[at + 1])) * 10;
}

/** What the other contender changed is taken by a backup that does not count. */
async function afterOne(run: () => Promise<Record<string, number>>): Promise<Record<string, number>> {
  await run();
  return run();
}

/** Each contender finds as much changed since its own last backup. */
async function changed(run: () => Promise<Record<string, number>>): Promise<Record<string, number>> {
  change(data, files, fileBytes, onePercent);
  return run();
}
