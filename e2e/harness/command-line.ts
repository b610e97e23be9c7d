import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './tree.ts';

export interface CommandResult {
  readonly code: number | null;
  /** The JSON records it wrote, in order. */
  readonly records: readonly Readonly<Record<string, unknown>>[];
  readonly stderr: string;
}

/** The headless command line as built, in a process of its own; `--json`, so that what it says can be judged. */
export function stillpoint(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = {},
  as: { readonly uid?: number; readonly gid?: number } = {},
): Promise<CommandResult> {
  const program = join(root, 'out/helper/cli.js');
  return run(process.execPath, [program, '--json', ...args], { ...process.env, ...environment }, as);
}

/** Any command that writes JSON records. */
export function run(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  options: { readonly uid?: number; readonly gid?: number; readonly cwd?: string } = {},
): Promise<CommandResult> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env, ...options });
  let out = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      const lines = out.split('\n').filter((line) => line !== '');
      resolve({ code, records: lines.map((line) => JSON.parse(line) as Record<string, unknown>), stderr });
    });
  });
}

/** The last record of a type; throws with everything that was said when there is none. */
export function lastRecord(result: CommandResult, type: string): Readonly<Record<string, unknown>> {
  const record = result.records.findLast((candidate) => candidate.type === type);
  if (record) return record;
  throw new Error(`no "${type}" among ${JSON.stringify(result.records.slice(-3))} ${result.stderr}`);
}
