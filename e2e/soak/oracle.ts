import { oracleScenarios } from '../../electron/helper/quiesce/testing/oracle-soak.ts';
import { runSoak } from '../harness/soak.ts';
import { openHeldPlace } from './oracle/held-place.ts';

// Ordered writes judge every copy: the whole product, held, twenty times on each filesystem; then the methods by
// themselves, held and live, under load, at rest and with a mapping that hides its writes.

await using ext4 = await openHeldPlace('ext4');
await using xfs = await openHeldPlace('xfs');

const product = [
  { name: 'ext4: the product on a busy filesystem', count: 20, run: () => ext4.run() },
  { name: 'xfs: the product on a busy filesystem', count: 20, run: () => xfs.run() },
];
await runSoak('oracle', [...product, ...oracleScenarios], process.argv.slice(2));
