import { isOnPath, run } from '../setup/command.mjs';
import { ensure } from '../setup/index.mjs';
import { nodeProgram } from '../setup/node-runtime.mjs';
import { inTree } from '../setup/paths.mjs';
import { runTask, SetupError, say } from '../setup/say.mjs';
import { build } from './build-targets.mjs';

// `npm run install-helper`, `npm run uninstall-helper`: the root-owned copy that the app may start as root.
runTask(async () => {
  const what = process.argv[2] === 'uninstall' ? 'uninstall' : 'install';
  if (what === 'install') {
    await ensure('build');
    await build(['helper', 'guard']);
  }
  const command = [nodeProgram(), inTree('build/install-helper/run.ts'), what];
  if (process.getuid?.() !== 0) {
    if (!isOnPath('sudo'))
      throw new SetupError(`install-helper: neither root nor sudo here. As root: npm run ${what}-helper`);
    say(`install-helper: to ${what} as root, sudo may ask for your password`);
    command.unshift('sudo', ...(process.stdin.isTTY ? [] : ['-n']));
  }
  const [program = '', ...args] = command;
  const code = await run(program, args, { output: 'stderr', input: true });
  if (code !== 0) throw new SetupError(`install-helper: nothing was ${what}ed. As root: npm run ${what}-helper`);
  return code;
});
