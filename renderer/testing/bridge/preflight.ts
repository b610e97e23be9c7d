import type { MethodPromise, Preflight } from '../../../shared/domain/preflight.ts';
import type { SourceSpec } from '../../../shared/domain/source.ts';
import type { World } from '../model/world.ts';

const held: MethodPromise = {
  method: 'precopy-freeze',
  available: true,
  level: 'filesystem',
  expectedStallMs: 15,
  reasons: [
    'Nearly everything is copied while programs go on writing; they wait only for what changed last. Programs inside recover as after a power cut.',
  ],
  remedies: [],
};
const live: MethodPromise = {
  method: 'live',
  available: true,
  level: 'observed-static',
  expectedStallMs: 0,
  reasons: ['Nobody is held: files may be from different moments.'],
  remedies: [],
};

/** Storage that has nothing of the kind: earns nothing here, and is no better way that was missed. */
function foreign(method: MethodPromise['method'], reason: string): MethodPromise {
  return { method, available: false, level: 'torn', expectedStallMs: 0, reasons: [reason], remedies: [] };
}

function textbook({ available, reasons, remedies }: MethodPromise): MethodPromise {
  const limits = ['Writers wait while everything is copied; the pause grows with the data.'];
  const stall = { expectedStallMs: 5_500, reasons: available ? limits : reasons, remedies };
  return { ...held, method: 'fsfreeze-copy', available, ...stall };
}

/** What a folder would get in a world: held, unless rights or a trial are missing, or its disk has a snapshot of its own. */
export function preflightOf(spec: SourceSpec, world: World): Preflight {
  const isBtrfs = spec.path.startsWith('/srv');
  const btrfs: MethodPromise = { ...held, method: 'btrfs-snapshot', expectedStallMs: 0, reasons: [] };
  const refusal: Partial<MethodPromise> | null = !world.helper.canFreeze
    ? { reasons: ['Holding a filesystem still needs administrator rights.'], remedies: ['grant-helper'] }
    : world.trial.concerns && world.trial.isNeeded
      ? { reasons: world.trial.obstacles, remedies: ['trial'] }
      : null;
  const precopy = refusal === null ? held : { ...held, available: false, ...refusal };
  const considered = [
    isBtrfs && world.helper.canFreeze ? btrfs : foreign('btrfs-snapshot', 'The folder is not on btrfs.'),
    foreign('lvm-snapshot', 'The filesystem is not on a logical volume.'),
    precopy,
    textbook(precopy),
    live,
  ];
  return {
    chosen: considered.find(({ available }) => available) ?? live,
    considered,
    filesystem: isBtrfs ? 'btrfs' : 'ext4',
    mountPoint: isBtrfs ? '/srv' : world.trial.concerns ? '/' : '/home',
    device: '/dev/nvme0n1p3',
    freezesWholeFilesystem: !isBtrfs && refusal === null,
    leftOut: [{ path: `${spec.path}/.cache`, reason: 'temporary files' }],
    files: 20_512,
    bytes: 1_095_216_660,
    counted: true,
  };
}
