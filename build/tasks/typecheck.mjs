import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { childEnvironment } from '../setup/node-runtime.mjs';
import { inTree, root } from '../setup/paths.mjs';
import { runTask, say } from '../setup/say.mjs';

/** tsc's complaint about a project none of whose files are written yet. */
const noInputs = 'error TS18003';
const parallel = 2;

// `npm run typecheck [PROJECT...]`: every TypeScript project of build/typescript, or the named ones.
runTask(async () => {
  const asked = process.argv.slice(2);
  const names = readdirSync(inTree('build/typescript'))
    .filter((file) => file.endsWith('.json') && file !== 'base.json')
    .map((file) => file.replace(/\.json$/, ''))
    .filter((name) => asked.length === 0 || asked.includes(name));
  let failed = 0;
  const queue = [...names];
  const worker = async () => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
      const printed = await check(name);
      if (printed === '' || printed.includes(noInputs)) continue;
      failed += 1;
      say(`typecheck: ${name}:\n${printed.trimEnd()}`);
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  say(`typecheck: ${names.length - failed} projects passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
});

/**
 * @param {string} name
 * @returns {Promise<string>} what tsc printed; nothing when it found nothing
 */
function check(name) {
  return new Promise((resolve, reject) => {
    const child = spawn('tsc', ['-p', `build/typescript/${name}.json`], {
      cwd: root,
      env: childEnvironment(),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      printed += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve(code === 0 ? '' : printed || `tsc ended with exit code ${code}`));
  });
}
