import { ensure } from './index.mjs';
import { runTask, say } from './say.mjs';

// `npm run setup`: everything that building, running and testing need.
runTask(async () => {
  await ensure('test');
  say('set-up: complete');
});
