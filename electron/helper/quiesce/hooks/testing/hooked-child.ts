/**
 * A helper that dies between: `node hooked-child.ts FOLDER RECORDS NAMES...`. Calls the hooks, says `told` when all are ready,
 * and waits to be killed.
 */
import { recordingReporter } from '../../testing/recording-reporter.ts';
import { createHooks } from '../hooks.ts';

const [folder = '', recordsFolder = '', ...names] = process.argv.slice(2);
const run = createHooks({ folder, recordsFolder }).forRun(
  names,
  'Shop',
  recordingReporter(),
  new AbortController().signal,
);
await using _told = await run.around();
process.stdout.write('told\n');
await new Promise((resolve) => setTimeout(resolve, 60_000));
