import { ensureNewerRestic, ensureRestServer } from '../setup/debian-programs.mjs';
import { ensure } from '../setup/index.mjs';
import { runTask, SetupError, say } from '../setup/say.mjs';
import { stages } from './test-stages.mjs';

// `npm test`: all stages. `npm run test:STAGE [-- ARGUMENTS]`: one, with arguments for its runner.
runTask(async () => {
  const [only, ...args] = process.argv.slice(2);
  const chosen =
    only === undefined
      ? stages
      : stages.filter(({ name }) => name === only || (name === 'build' && (only === 'integration' || only === 'e2e')));
  if (chosen.length === 0)
    throw new SetupError(`test: no stage ${only}; there is: ${stages.map(({ name }) => name).join(', ')}`);

  const started = Date.now();
  await ensure('test');
  const newerRestic = await ensureNewerRestic();
  if (newerRestic !== undefined) process.env.STILLPOINT_NEWER_RESTIC ??= newerRestic;
  const restServer = await ensureRestServer();
  if (restServer !== undefined) process.env.STILLPOINT_REST_SERVER ??= restServer;
  /** @type {string[]} */
  const summary = [`set-up ${seconds(started)}`];
  /** @type {Set<string>} */
  const bad = new Set();
  const total = { passed: 0, failed: 0 };
  /** @type {string[]} */
  const skipped = [];

  for (const stage of chosen) {
    const cause = stage.needs.find((name) => bad.has(name));
    if (cause !== undefined) {
      summary.push(`${stage.name} NOT RUN, because ${cause} failed`);
      bad.add(stage.name);
      continue;
    }
    say(`\n=== ${stage.name}: ${stage.about}`);
    const at = Date.now();
    const counts = await attempt(stage, only === stage.name ? args : []);
    total.passed += counts.passed;
    total.failed += counts.failed;
    skipped.push(...counts.skipped.map((name) => `${stage.name}: ${name}`));
    if (counts.failed > 0) bad.add(stage.name);
    summary.push(
      `${stage.name} ${counts.failed > 0 ? 'FAILED' : 'passed'}: ${counts.passed} passed, ${counts.failed} failed, ${seconds(at)}`,
    );
  }

  say(`\n=== summary (${seconds(started)})`);
  for (const line of summary) say(`  ${line}`);
  for (const name of skipped) say(`  skipped: ${name}`);
  process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
  return bad.size === 0 ? 0 : 1;
});

/**
 * @param {import('./test-stages.mjs').Stage} stage
 * @param {readonly string[]} args
 */
async function attempt(stage, args) {
  try {
    return await stage.run(args);
  } catch (error) {
    say(error instanceof SetupError ? error.message : String(error));
    return { passed: 0, failed: 1, skipped: [] };
  }
}

/** @param {number} since */
function seconds(since) {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}
