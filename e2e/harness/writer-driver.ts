import { createInterface } from 'node:readline';
import { startOrderedWriter, type WriterPlan } from '../../electron/helper/quiesce/testing/ordered-writer/index.ts';

// Runs the ordered writer in the name of whoever runs this: `node writer-driver.ts DIRECTORY PLAN STEPS_PER_SECOND`.
// Each line of its output is how many steps are complete; after a line of input it stops and the last one is the report.

const [directory = '', plan = '', rate = ''] = process.argv.slice(2);
const writer = await startOrderedWriter({
  directory,
  plan: JSON.parse(plan) as WriterPlan,
  stepsPerSecond: Number(rate),
});
const beat = setInterval(() => console.log(JSON.stringify({ steps: writer.stepsSoFar() })), 50);
const input = createInterface({ input: process.stdin });
input.once('line', async () => {
  clearInterval(beat);
  console.log(JSON.stringify(await writer.stop()));
  input.close();
});
// Whoever started this is gone, or wants it gone.
const leave = (): void => void writer.stop().finally(() => process.exit(0));
process.stdin.once('end', leave);
process.once('SIGTERM', leave);
