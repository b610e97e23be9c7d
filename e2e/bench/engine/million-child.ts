import { parseArgs } from 'node:util';
import { openMillion, wideFolder } from './million.ts';

// One process: opens a repository, loads its index, looks into a folder of 100,000 entries. Figures as one line of JSON.

const { values } = parseArgs({ options: { repository: { type: 'string' } } });
const repository = await openMillion({ repository: values.repository ?? '', passwordFile: '' });
const before = process.memoryUsage().rss;
const cpuBefore = process.cpuUsage();
/** Entries of a page. */
const shown = 500;
const figures: Record<string, number> = {};
let at = performance.now();
await repository.loadIndex();
figures['load wall ms'] = performance.now() - at;
const { user, system } = process.cpuUsage(cpuBefore);
figures['load cpu ms'] = (user + system) / 1000;
figures.blobs = repository.indexed.blobs;
figures['index bytes per blob'] = repository.indexMemory / repository.indexed.blobs;
figures['process grew bytes per blob'] = (process.memoryUsage().rss - before) / repository.indexed.blobs;
at = performance.now();
await repository.loadIndex();
figures['catch up wall ms'] = performance.now() - at;
const { snapshots } = await repository.snapshots.list();
const top = await repository.loadTree(snapshots[0]?.tree as NonNullable<(typeof snapshots)[number]>['tree']);
const subtree = top.nodes.find(({ name }) => name.toString() === wideFolder)?.subtree;
if (subtree === undefined) throw new Error('the wide folder is not there');
at = performance.now();
const folder = await repository.openFolder(subtree);
folder.page(0, shown);
figures['folder of 100,000 first wall ms'] = performance.now() - at;
at = performance.now();
(await repository.openFolder(subtree)).page(folder.size - shown, shown);
figures['folder of 100,000 next page wall ms'] = performance.now() - at;
figures.entries = folder.size;
console.log(JSON.stringify(figures));
