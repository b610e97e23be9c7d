import { run } from '../setup/command.mjs';
import { ensure } from '../setup/index.mjs';
import { childEnvironment, nodeProgram } from '../setup/node-runtime.mjs';
import { inTree } from '../setup/paths.mjs';
import { runTask } from '../setup/say.mjs';
import { build } from './build-targets.mjs';

// `npm run package`: the app as a folder that runs without this tree.
runTask(async () => {
  await ensure('app');
  await build();
  return run(nodeProgram(), [inTree('build/package/pack.mjs')], { env: childEnvironment() });
});
