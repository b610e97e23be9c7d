import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root } from './tree.ts';

// Stands in for the app's main process: starts the built helper, gives it the password and asks for one backup. Run as
// `node helper-driver.ts SOURCE REPOSITORY PASSWORD-FILE`; tells its parent over IPC what happens.

export type DriverMessage =
  | { readonly type: 'helper'; readonly pid: number }
  | { readonly type: 'phase'; readonly phase: string }
  | { readonly type: 'answer'; readonly ok: boolean; readonly result: Readonly<Record<string, unknown>> };

const tell = (message: DriverMessage): void => void process.send?.(message);

function main(sourceId: string, repositoryId: string, passwordFile: string): void {
  const helper = spawn(process.execPath, [join(root, 'out/helper/helper.js')], { stdio: ['pipe', 'pipe', 'inherit'] });
  tell({ type: 'helper', pid: helper.pid ?? -1 });
  const ask = (id: number, command: string, params: object): void => {
    helper.stdin.write(`${JSON.stringify({ type: 'request', id, command, params })}\n`);
  };
  const password = readFileSync(passwordFile, 'utf8').trimEnd();
  ask(1, 'repositories.unlock', { id: repositoryId, password });
  createInterface({ input: helper.stdout }).on('line', (line) => {
    const frame = JSON.parse(line) as {
      type: string;
      id: number;
      ok?: boolean;
      event?: { type: string; phase: string };
      result?: object;
      error?: object;
    };
    if (frame.type === 'event' && frame.event?.type === 'phase-started')
      tell({ type: 'phase', phase: frame.event.phase });
    if (frame.type !== 'response') return;
    if (frame.id === 1 && frame.ok === true) {
      const runId = randomBytes(16).toString('hex');
      ask(2, 'backup.run', { sourceId, runId, askedAt: new Date().toISOString() });
      return;
    }
    tell({ type: 'answer', ok: frame.ok === true, result: { ...(frame.result ?? frame.error) } });
    helper.stdin.end();
  });
  helper.on('exit', () => process.exit(0));
}

const [, program = '', ...rest] = process.argv;
if (program.endsWith('helper-driver.ts')) main(rest[0] ?? '', rest[1] ?? '', rest[2] ?? '');
