#!/usr/bin/env node
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { everydayApp, hour, photosOnly } from './everyday-app.ts';
import { publishedFile, publishedIn } from './published-file.ts';

// The simulated app as a process that can be killed: it makes one scheduled run over a repository that outlives it, and
// says each phase of it on its output.
const [folder = '', begin = ''] = process.argv.slice(2);
const world = photosOnly(Number(begin));
world.snapshots.push(...publishedIn(folder));
world.phaseMs = 40;
world.onPublished = (snapshot) => appendFileSync(join(folder, publishedFile), `${JSON.stringify(snapshot)}\n`);
const app = await everydayApp(world, folder, Number(begin));
const told = app.logs;
const append = told.append.bind(told);
told.append = async (runId, event) => {
  await append(runId, event);
  if (event.type !== 'progress') process.stdout.write(`${event.type} ${'phase' in event ? event.phase : ''}\n`);
};
process.stdout.write('looking\n');
await app.pass(hour);
process.stdout.write('over\n');
setInterval(() => undefined, 1_000);
