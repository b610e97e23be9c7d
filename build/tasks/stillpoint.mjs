import { run } from '../setup/command.mjs';
import { ensure } from '../setup/index.mjs';
import { childEnvironment, nodeProgram } from '../setup/node-runtime.mjs';
import { inTree } from '../setup/paths.mjs';
import { runTask } from '../setup/say.mjs';
import { build } from './build-targets.mjs';

// `npm run stillpoint -- COMMAND`: the headless command line. Only it writes to stdout.
runTask(async () => {
  await ensure('build');
  await build(['helper', 'guard']);
  return run(nodeProgram(), [inTree('out/helper/cli.js'), ...process.argv.slice(2)], {
    input: true,
    env: childEnvironment(),
  });
});
