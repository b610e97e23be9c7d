import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Spread, spreadOf } from './figures.ts';
import { root } from './tree.ts';

export interface Contender {
  readonly name: string;
  /** One round; figures by name, each with its unit in the name (`stall ms`). Cleans up after itself. */
  run(round: number): Promise<Readonly<Record<string, number>>>;
}

/** A ratio of two contenders' medians beside what it must be. */
export interface Target {
  readonly text: string;
  readonly figure: string;
  readonly of: string;
  readonly to: string;
  readonly atMost: number;
}

export interface BenchOptions {
  readonly name: string;
  readonly rounds: number;
  /** Rounds before them that do not count. */
  readonly warmUp: number;
  readonly contenders: readonly Contender[];
  readonly targets: readonly Target[];
}

type Figures = Map<string, Map<string, number[]>>;

/**
 * Runs contenders in turns, A B A B …, so that a machine whose speed drifts treats them alike; prints medians with their
 * spread and, as the last line, the ratios beside the targets. Sets exit code 1 where a target is missed.
 */
export async function runBench(options: BenchOptions): Promise<void> {
  const figures: Figures = new Map(options.contenders.map(({ name }) => [name, new Map()]));
  for (let round = -options.warmUp; round < options.rounds; round++) {
    for (const contender of options.contenders) {
      const measured = await contender.run(round);
      if (round < 0) continue;
      for (const [figure, value] of Object.entries(measured)) record(figures, contender.name, figure, value);
      process.stderr.write(`round ${round + 1}/${options.rounds} ${contender.name}: ${inWords(measured)}\n`);
    }
  }
  const verdicts = options.targets.map((target) => judge(figures, target));
  print(figures);
  save(options.name, figures, verdicts);
  console.log(`${options.name}: ${verdicts.map(({ text, met }) => `${met ? 'met' : 'MISSED'} ${text}`).join('; ')}`);
  if (verdicts.some(({ met }) => !met)) process.exitCode = 1;
}

function record(figures: Figures, contender: string, figure: string, value: number): void {
  const of = figures.get(contender) ?? new Map<string, number[]>();
  of.set(figure, [...(of.get(figure) ?? []), value]);
  figures.set(contender, of);
}

function judge(
  figures: Figures,
  { text, figure, of, to, atMost }: Target,
): { text: string; met: boolean; ratio: number } {
  const median = (name: string): number => spreadOf(figures.get(name)?.get(figure) ?? []).median;
  const ratio = median(of) / median(to);
  return { text: `${text} ${ratio.toFixed(3)} (at most ${atMost})`, met: ratio <= atMost, ratio };
}

function print(figures: Figures): void {
  const rows = [['contender', 'figure', 'median', 'min', 'max', 'n']];
  for (const [name, of] of figures) {
    for (const [figure, values] of of) {
      const { median, min, max, count } = spreadOf(values);
      rows.push([name, figure, short(median), short(min), short(max), String(count)]);
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

function inWords(measured: Readonly<Record<string, number>>): string {
  return Object.entries(measured)
    .map(([figure, value]) => `${figure} ${short(value)}`)
    .join(', ');
}

function short(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
