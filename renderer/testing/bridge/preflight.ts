import type { MethodPromise, Preflight } from '../../../shared/domain/preflight.ts';
import type { FilesystemSpec, GroupSpec, SourceSpec } from '../../../shared/domain/source.ts';
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

/** Where a made-up folder lies. */
function placeOf(path: string, world: World): Pick<Preflight, 'filesystem' | 'mountPoint' | 'device'> {
  if (path.startsWith('/srv')) return { filesystem: 'btrfs', mountPoint: '/srv', device: '/dev/nvme0n1p4' };
  if (path.startsWith('/media'))
    return { filesystem: 'exfat', mountPoint: '/media/mika/CARD', device: '/dev/mmcblk0p1' };
  if (path.startsWith('/var/lib'))
    return { filesystem: 'xfs', mountPoint: path.split('/').slice(0, 4).join('/'), device: '/dev/nvme1n1p1' };
  return { filesystem: 'ext4', mountPoint: world.trial.concerns ? '/' : '/home', device: '/dev/nvme0n1p3' };
}

export function preflightOf(spec: SourceSpec, world: World): Preflight {
  switch (spec.kind) {
    case 'filesystem':
      return ofFolder(spec, world);
    case 'group':
      return ofGroup(spec, world);
  }
}

/** All or nothing, as long as the pauses of all filesystems together. */
function ofGroup({ members }: GroupSpec, world: World): Preflight {
  const found = members.map((member) => ({ path: member.path, preflight: ofFolder(member, world) }));
  const precopies = found.map(({ path, preflight }) => ({
    path,
    mountPoint: preflight.mountPoint,
    promise: preflight.considered.find(({ method }) => method === 'precopy-freeze') ?? live,
  }));
  const refused = precopies.filter(({ promise }) => !promise.available);
  const mounts = new Set(precopies.map(({ mountPoint }) => mountPoint));
  const precopy: MethodPromise = {
    ...held,
    available: refused.length === 0,
    expectedStallMs: mounts.size * held.expectedStallMs,
    reasons:
      refused.length === 0
        ? held.reasons
        : refused.flatMap(({ path, promise }) => promise.reasons.map((reason) => `${path}: ${reason}`)),
    remedies: [...new Set(refused.flatMap(({ promise }) => promise.remedies))],
  };
  const listed = (of: (preflight: Preflight) => string): string =>
    [...new Set(found.map(({ preflight }) => of(preflight)))].join(', ');
  return {
    chosen: precopy.available ? precopy : live,
    considered: [precopy, live],
    filesystem: listed(({ filesystem }) => filesystem),
    mountPoint: listed(({ mountPoint }) => mountPoint),
    device: listed(({ device }) => device),
    freezesWholeFilesystem: found.some(({ preflight }) => preflight.freezesWholeFilesystem),
    leftOut: found.flatMap(({ preflight }) => preflight.leftOut),
    files: found.reduce((sum, { preflight }) => sum + preflight.files, 0),
    bytes: found.reduce((sum, { preflight }) => sum + preflight.bytes, 0),
    counted: true,
  };
}

/** What a folder would get in a world: held, unless rights or a trial are missing, or its disk has a snapshot of its own. */
function ofFolder(spec: FilesystemSpec, world: World): Preflight {
  const place = placeOf(spec.path, world);
  const isBtrfs = place.filesystem === 'btrfs';
  const btrfs: MethodPromise = { ...held, method: 'btrfs-snapshot', expectedStallMs: 0, reasons: [] };
  const refusal: Partial<MethodPromise> | null = !world.helper.canFreeze
    ? { reasons: ['Holding a filesystem still needs administrator rights.'], remedies: ['grant-helper'] }
    : world.trial.concerns && world.trial.isNeeded
      ? { reasons: world.trial.obstacles, remedies: ['trial'] }
      : place.filesystem === 'exfat'
        ? { level: 'torn', reasons: ['exFAT cannot be held still.'], remedies: [] }
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
    ...place,
    freezesWholeFilesystem: !isBtrfs && refusal === null && spec.path !== place.mountPoint,
    leftOut: [{ path: `${spec.path}/.cache`, reason: 'temporary files' }],
    files: 20_512,
    bytes: 1_095_216_660,
    counted: true,
  };
}
