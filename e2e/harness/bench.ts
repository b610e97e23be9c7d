import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Spread, spreadOf } from './figures.ts';
import { root } from './tree.ts';

export interface Contender {
  readonly name: string;
  /** Takes part in every so many rounds. Default: in each. */
  readonly every?: number;
  /**
   * One round; figures by name, each with its unit in the name (`stall ms`), one or many of a kind. Cleans up after itself.
   * A round that failed is told and does not end the bench.
   */
  run(round: number): Promise<Readonly<Record<string, number | readonly number[]>>>;
}

/** One figure of a contender over all rounds. */
export interface Figure {
  readonly of: string;
  readonly figure: string;
  readonly stat: 'median' | 'p95' | 'p99' | 'max';
}

/** A figure, or its ratio to another one, beside what it must be. */
export interface Target {
  readonly text: string;
  readonly figure: Figure;
  /** Absent: the figure itself is judged. */
  readonly to?: Figure;
  readonly atMost: number;
}

export interface BenchOptions {
  readonly name: string;
  readonly rounds: number;
  /** Rounds before them that do not count. */
  readonly warmUp: number;
  readonly contenders: readonly Contender[];
  readonly targets: readonly Target[];
  /** Round after round until all are done or this much time has passed. Default: until all are done. */
  readonly mostMs?: number;
}

export interface Verdict {
  readonly text: string;
  readonly value: number;
  readonly atMost: number;
  readonly met: boolean;
}

type Figures = Map<string, Map<string, number[]>>;

/**
 * Runs contenders in turns, A B A B …, so that a machine whose speed drifts treats them alike; prints medians with their
 * spread and, as the last lines, the figures beside the targets. Sets exit code 1 where a target is missed.
 */
export async function runBench(options: BenchOptions): Promise<readonly Verdict[]> {
  const figures: Figures = new Map(options.contenders.map(({ name }) => [name, new Map()]));
  const startedAt = performance.now();
  for (let round = -options.warmUp; round < options.rounds; round++) {
    if (round > 0 && performance.now() - startedAt > (options.mostMs ?? Number.POSITIVE_INFINITY)) break;
    for (const contender of options.contenders) {
      if (round % (contender.every ?? 1) !== 0) continue;
      const measured = await runOne(contender, round);
      if (round < 0) continue;
      for (const [figure, value] of Object.entries(measured)) record(figures, contender.name, figure, value);
      process.stderr.write(`round ${round + 1}/${options.rounds} ${contender.name}: ${inWords(measured)}\n`);
    }
  }
  const verdicts = options.targets.map((target) => judge(figures, target));
  print(figures);
  save(options.name, figures, verdicts);
  for (const { text, value, atMost, met } of verdicts)
    console.log(`${options.name}: ${met ? 'met' : 'MISSED'} ${text}: ${short(value)} (at most ${atMost})`);
  if (verdicts.some(({ met }) => !met)) process.exitCode = 1;
  return verdicts;
}

async function runOne(contender: Contender, round: number): Promise<Awaited<ReturnType<Contender['run']>>> {
  try {
    return await contender.run(round);
  } catch (error) {
    process.exitCode = 1;
    console.log(`${contender.name} failed in round ${round + 1}: ${error instanceof Error ? error.message : error}`);
    return {};
  }
}

function record(figures: Figures, contender: string, figure: string, value: number | readonly number[]): void {
  const of = figures.get(contender) ?? new Map<string, number[]>();
  const values = of.get(figure) ?? [];
  for (const each of typeof value === 'number' ? [value] : value) values.push(each);
  of.set(figure, values);
  figures.set(contender, of);
}

/** A figure that nobody has is a target that was missed. */
function judge(figures: Figures, { text, figure, to, atMost }: Target): Verdict {
  const valueAt = ({ of, figure: name, stat }: Figure): number => spreadOf(figures.get(of)?.get(name) ?? [])[stat];
  const value = valueAt(figure) / (to === undefined ? 1 : valueAt(to));
  return { text, value, atMost, met: value <= atMost };
}

function print(figures: Figures): void {
  const rows = [['contender', 'figure', 'median', 'p95', 'p99', 'min', 'max', 'n']];
  for (const [name, of] of figures) {
    for (const [figure, values] of of) {
      const { median, p95, p99, min, max, count } = spreadOf(values);
      rows.push([name, figure, short(median), short(p95), short(p99), short(min), short(max), String(count)]);
    }
  }
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  for (const row of rows) console.log(row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
}

function save(name: string, figures: Figures, verdicts: readonly object[]): void {
  const spreads: Record<string, Record<string, Spread>> = {};
  for (const [contender, of] of figures) {
    spreads[contender] = Object.fromEntries([...of].map(([figure, values]) => [figure, spreadOf(values)]));
  }
  const folder = join(root, 'out/bench');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify({ name, spreads, verdicts }, null, 2)}\n`);
}

function inWords(measured: Readonly<Record<string, number | readonly number[]>>): string {
  return Object.entries(measured)
    .map(([figure, value]) => `${figure} ${short(typeof value === 'number' ? value : spreadOf(value).p99)}`)
    .join(', ');
}

function short(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
