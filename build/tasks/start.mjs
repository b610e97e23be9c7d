import { statSync } from 'node:fs';
import { read, run } from '../setup/command.mjs';
import { ensure } from '../setup/index.mjs';
import { childEnvironment } from '../setup/node-runtime.mjs';
import { inTree, root } from '../setup/paths.mjs';
import { runTask, SetupError } from '../setup/say.mjs';
import { build } from './build-targets.mjs';

// `npm start`: the desktop app, built when stale.
runTask(async () => {
  if (!process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
    throw new SetupError('start: there is no display here; without one, use: npm run stillpoint -- --help');
  }
  await ensure('app');
  await build();
  return run(inTree('node_modules/electron/dist/electron'), [...sandboxFlags(), root, ...process.argv.slice(2)], {
    input: true,
    env: childEnvironment(),
  });
});

/** Chromium refuses to sandbox for root, and only for root is it told not to. */
function sandboxFlags() {
  if (process.getuid?.() === 0) return ['--no-sandbox'];
  if (!canSandbox()) {
    throw new SetupError(
      'start: Chromium’s sandbox cannot work here: unprivileged user namespaces are off and chrome-sandbox is not set-uid. ' +
        'Allow one, e.g.: sudo chown root node_modules/electron/dist/chrome-sandbox && ' +
        'sudo chmod 4755 node_modules/electron/dist/chrome-sandbox',
    );
  }
  return [];
}

function canSandbox() {
  const helper = statSync(inTree('node_modules/electron/dist/chrome-sandbox'));
  const isSetUid = helper.uid === 0 && (helper.mode & 0o4111) === 0o4111;
  return isSetUid || read('unshare', ['--user', 'true']) !== undefined;
}
