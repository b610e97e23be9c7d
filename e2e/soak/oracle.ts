import {
  methodScenarios,
  oracleScenarios,
  oracleTypes,
  wellKnownWriters,
} from '../../electron/helper/quiesce/testing/oracle-soak.ts';
import { runSoak } from '../harness/soak.ts';
import { heldPlace } from './oracle/held-place.ts';
import { judgeShares, productName } from './oracle/shares.ts';

// Ordered writes judge every copy: the whole product beside writers of every kind, restored by restic; then the methods by
// themselves on three filesystems. No copy may be called more than it is, and the well-known writers must earn the most.

await using ext4 = heldPlace('ext4');
await using xfs = heldPlace('xfs');
await using btrfs = heldPlace('btrfs');
const places = { ext4, xfs, btrfs };
const productKinds = [
  ...wellKnownWriters,
  'aio',
  'mapped',
  'hardlink',
  'truncate',
  'move',
  'unlinked',
  'loop',
] as const;

const product = oracleTypes.flatMap((type) =>
  productKinds.map((kind) => ({
    name: productName(type, kind),
    count: 4,
    run: (repetition: number) => places[type].run([kind], [400, 1000][repetition % 2] ?? 400),
  })),
);
await runSoak('oracle', [...product, ...methodScenarios, ...oracleScenarios], process.argv.slice(2), judgeShares);
