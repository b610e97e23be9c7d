import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './tree.ts';

/** One repetition of one scenario. `ok` false is a finding and fails the soak; `facts` are what the report shows. */
export interface CaseResult {
  readonly ok: boolean;
  readonly facts: Readonly<Record<string, string | number | boolean>>;
}

export interface Scenario {
  readonly name: string;
  readonly count: number;
  run(repetition: number): Promise<CaseResult>;
}

/** Results by the name of their scenario. */
export type SoakResults = Readonly<Record<string, readonly CaseResult[]>>;

/** What all results together say, beyond each by itself. */
export interface Judgement {
  readonly lines: readonly string[];
  readonly ok: boolean;
}

interface Report {
  readonly name: string;
  readonly startedAt: string;
  readonly results: Record<string, CaseResult[]>;
}

/**
 * Runs full counts and keeps a report after every case, so that a soak that was stopped goes on where it was
 * (`--again` begins anew, `--scale 0.1` runs a tenth, `--only TEXT` those scenarios whose name contains it). Sets exit code 1 when any case was not ok.
 */
export async function runSoak(
  name: string,
  scenarios: readonly Scenario[],
  args: readonly string[],
  judgeAll: (results: SoakResults) => Judgement = () => ({ lines: [], ok: true }),
): Promise<void> {
  const path = join(root, 'out/soak', `${name}.json`);
  const scale = scaleOf(args);
  const report =
    existsSync(path) && !args.includes('--again') ? (JSON.parse(readFileSync(path, 'utf8')) as Report) : fresh(name);
  const only = args.includes('--only') ? (args[args.indexOf('--only') + 1] ?? '') : '';
  const chosen = scenarios.filter((scenario) => scenario.name.includes(only));
  for (const scenario of chosen) {
    const done = report.results[scenario.name] ?? [];
    report.results[scenario.name] = done;
    const count = Math.max(1, Math.round(scenario.count * scale));
    while (done.length < count) {
      const result = await scenario.run(done.length).catch(
        (error: unknown): CaseResult => ({
          ok: false,
          facts: { error: error instanceof Error ? (error.stack ?? error.message) : String(error) },
        }),
      );
      done.push(result);
      save(path, report);
      console.log(
        `${scenario.name} ${done.length}/${count} ${result.ok ? 'ok' : 'NOT OK'} ${JSON.stringify(result.facts)}`,
      );
    }
  }
  const all = chosen.flatMap((scenario) => report.results[scenario.name] ?? []);
  const failed = all.filter(({ ok }) => !ok).length;
  for (const { name: scenario } of chosen) {
    const of = report.results[scenario] ?? [];
    console.log(`${scenario}: ${of.filter(({ ok }) => ok).length} of ${of.length} ok`);
  }
  const judgement = judgeAll(report.results);
  for (const line of judgement.lines) console.log(line);
  console.log(`report: ${path}`);
  console.log(`${all.length - failed} passed, ${failed} failed`);
  if (failed > 0 || !judgement.ok) process.exitCode = 1;
}

function fresh(name: string): Report {
  return { name, startedAt: new Date().toISOString(), results: {} };
}

function scaleOf(args: readonly string[]): number {
  const at = args.indexOf('--scale');
  const scale = at === -1 ? 1 : Number(args[at + 1]);
  if (scale > 0 && scale <= 1) return scale;
  throw new Error('--scale takes a number above 0 and at most 1');
}

function save(path: string, report: Report): void {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(`${path}.new`, `${JSON.stringify(report, null, 1)}\n`);
  renameSync(`${path}.new`, path);
}
