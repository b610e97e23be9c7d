import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { newPlace, type Place } from '../../harness/place.ts';
import type { CaseResult } from '../../harness/soak.ts';
import { root } from '../../harness/tree.ts';
import { restic } from '../../headless/restic.ts';
import { judgeHistory } from './judge-history.ts';

const files = 150;
const fileBytes = 128 * 1024;

/** A repository, and new folders whose first scheduled backup is killed at some instant. */
export interface KilledRuns extends AsyncDisposable {
  /** `instant` from 0, the start of the process, to 1, a little after its usual end. */
  run(instant: number): Promise<CaseResult>;
}

export async function openKilledRuns(): Promise<KilledRuns> {
  const place = newPlace();
  const content = Object.fromEntries(Array.from({ length: files }, (_, n) => [`f${n}`, randomBytes(fileBytes)]));
  const template = place.folder('template', content);
  if ((await place.run('init')).code !== 0) throw new Error('no repository');
  let cases = 0;

  const protect = async (): Promise<string> => {
    const name = `case-${++cases}`;
    const folder = join(place.path, name);
    mkdirSync(folder);
    // Other folders with the same data: what was stored once is found again, and a run is as long as it ever is.
    for (const file of readdirSync(template)) linkSync(join(template, file), join(folder, file));
    const added = await place.run('sources', 'add', folder, '--every', '12h', '--on-battery', 'as-usual');
    if (added.code !== 0) throw new Error(JSON.stringify(added.records.at(-1)));
    return name;
  };

  await protect();
  await runDue(place, null);
  await protect();
  const usualMs = await runDue(place, null);

  return {
    async run(instant) {
      const name = await protect();
      const tookMs = await runDue(place, instant * usualMs * 1.15);
      // Who starts again finds out how it ended; what was interrupted may have to wait a minute before it is tried again.
      const after = await place.run('run-due');
      const look = after.records.findLast(({ type, sourceName }) => type === 'look' && sourceName === name);
      const { problems, outcomes } = await judgeHistory(place);
      // The dead run's lock is still there where the next run had to wait: it keeps nobody from looking.
      const checked = await restic(place, 'check', '--no-lock');
      const isSettled = ['ran', 'idle', 'held-back'].includes(String(look?.kind));
      const ok = problems.length === 0 && isSettled && checked.code === 0;
      const facts = { afterMs: Math.round(tookMs), next: String(look?.kind), runs: outcomes.size };
      await place.run('sources', 'remove', name);
      return { ok, facts: { ...facts, interrupted: countOf(outcomes, 'interrupted'), problems: problems.join('; ') } };
    },
    async [Symbol.asyncDispose]() {
      place[Symbol.dispose]();
    },
  };
}

function countOf(outcomes: ReadonlyMap<string, string>, wanted: string): number {
  return [...outcomes.values()].filter((outcome) => outcome === wanted).length;
}

/** The built command line, killed after so long; null: not at all. Milliseconds it lived. */
function runDue(place: Place, killAfterMs: number | null): Promise<number> {
  const { environment, passwordFile } = place;
  const args = [join(root, 'out/helper/cli.js'), '--json', 'run-due', '--password-file', passwordFile];
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, { stdio: 'ignore', env: { ...process.env, ...environment } });
  const timer = killAfterMs === null ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve(performance.now() - startedAt);
    });
  });
}
