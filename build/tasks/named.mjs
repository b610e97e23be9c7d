import { existsSync, readdirSync } from 'node:fs';
import { run } from '../setup/command.mjs';
import { ensure } from '../setup/index.mjs';
import { childEnvironment, nodeProgram } from '../setup/node-runtime.mjs';
import { inTree } from '../setup/paths.mjs';
import { runTask, SetupError } from '../setup/say.mjs';
import { build } from './build-targets.mjs';

// `npm run demo [NAME]`, `npm run bench -- NAME`, `npm run soak -- NAME`: e2e/KIND/NAME.ts, run by Node as it stands.
runTask(async () => {
  const [kind = '', ...rest] = process.argv.slice(2);
  const name = rest[0] === undefined || rest[0].startsWith('-') ? (kind === 'demo' ? 'demo' : undefined) : rest.shift();
  const names = namesOf(kind);
  if (name === undefined || !names.includes(name)) {
    const wanted = name === undefined ? 'give a name' : `there is no ${kind} named ${name}`;
    throw new SetupError(`${kind}: ${wanted}; there is: ${names.join(', ') || 'none yet'}`);
  }
  await ensure(kind === 'bench' ? 'bench' : 'test');
  await build();
  return run(nodeProgram(), [inTree('e2e', kind, `${name}.ts`), ...rest], { input: true, env: childEnvironment() });
});

/** @param {string} kind */
function namesOf(kind) {
  const folder = inTree('e2e', kind);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.ts') && !/\.(test|itest)\.ts$/.test(file))
    .map((file) => file.replace(/\.ts$/, ''))
    .sort();
}
