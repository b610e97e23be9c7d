import { ensure } from '../setup/index.mjs';
import { runTask } from '../setup/say.mjs';
import { build } from './build-targets.mjs';

// `npm run build [app] [helper] [guard]`: builds what is stale.
runTask(async () => {
  await ensure('build');
  const known = /** @type {const} */ (['app', 'helper', 'guard']);
  const asked = known.filter((name) => process.argv.slice(2).includes(name));
  await build(asked.length > 0 ? asked : known);
});
