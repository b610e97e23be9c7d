import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { begin, type EverydayApp, everydayApp, hour, minute, photosOnly } from './testing/everyday-app.ts';
import { publishedIn } from './testing/published-file.ts';

let folder: string;
let child: ChildProcess | undefined;
let app: EverydayApp | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stillpoint-killed-'));
});
afterEach(async () => {
  if (child?.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  await app?.end();
  app = undefined;
  await rm(folder, { recursive: true, force: true });
});

/** Starts the app, and kills it so long after it said that. */
async function killedAfter(said: string, ms: number): Promise<void> {
  const program = join(import.meta.dirname, 'testing/killed-app-program.ts');
  const started = spawn(process.execPath, [program, folder, String(begin)], { stdio: ['ignore', 'pipe', 'inherit'] });
  child = started;
  for await (const line of createInterface({ input: started.stdout })) if (line.startsWith(said)) break;
  await new Promise((resolve) => setTimeout(resolve, ms));
  const gone = once(started, 'exit');
  started.kill('SIGKILL');
  await gone;
}

it.each([
  ['looking', 0],
  ['looking', 20],
  ['run-started', 0],
  ['phase-started freeze', 5],
  ['phase-started store', 0],
  ['phase-started store', 33],
  ['phase-started publish', 0],
  ['phase-started publish', 41],
  ['phase-finished publish', 0],
  ['phase-started verify-snapshot', 20],
  ['run-finished', 0],
  ['over', 0],
])('killed after “%s” and %d ms, it starts again with a history that is true', async (said, ms) => {
  await killedAfter(said, ms);
  const published = publishedIn(folder);
  const world = photosOnly(begin);
  world.snapshots.push(...published);
  app = await everydayApp(world, folder, begin + hour + 2 * minute);
  await app.settle();

  // The slot is served once, whoever served it.
  await app.pass(30 * minute);
  await app.look();
  const [first] = photosOnly(begin).snapshots;
  const there = world.snapshots.flatMap(({ runId }) => (runId === first?.runId ? [] : [runId]));
  expect(there).toHaveLength(1);

  // What is there was made, what is not there was not, and nothing is still under way.
  const backups = (await app.ask('runs.list', { limit: 10 })).filter(({ kind }) => kind === 'backup');
  const made = backups.filter(({ outcome }) => outcome === 'done' || outcome === 'warnings');
  expect(made.map(({ runId }) => runId)).toEqual(there);
  const others = backups.filter((run) => !made.includes(run)).map(({ outcome }) => outcome);
  expect(others).toEqual(published.length === 0 && said !== 'looking' ? ['interrupted'] : others.slice(0, 1));
  expect(others.filter((outcome) => outcome !== 'interrupted')).toEqual([]);
  const log = await Promise.all(
    (await app.ask('runs.list', { limit: 10 })).map(({ runId }) => app?.ask('runs.log', { runId })),
  );
  for (const events of log) expect(events?.at(-1)?.type).toBe('run-finished');
  expect(app.reports).toEqual([]);
});
