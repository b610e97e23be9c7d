/**
 * A helper that holds a hot file and then does nothing: `node stand-in.ts PATH ROOT`. Says "held SERVER WATCHER" and waits
 * to be killed.
 */
import { openSync, writeSync } from 'node:fs';
import { startHotFileWatch } from '../index.ts';
import { expectedFile, neverAborted, openHotFile, watchOptions } from './scene.ts';

const [path = '', root = ''] = process.argv.slice(2);
const watch = startHotFileWatch(watchOptions(openSync(root, 'r')));
watch.expect(expectedFile(path));
writeSync(1, 'watching\n');
// Writers open it only now.
await new Promise((resolve) => process.stdin.once('data', resolve));
const hot = watch.newHotFiles();
const prepared = await hot.prepare([openHotFile(path)], neverAborted);
const problems = [...prepared, ...hot.hold()];
writeSync(1, `held ${hot.pids?.server} ${hot.pids?.watcher} ${problems.map(({ reason }) => reason).join(' ')}\n`);
setInterval(() => {}, 1000);
