import { filesystemSpec } from '../../../../../shared/domain/source.ts';
import type { FilesystemFacts } from '../../../sources/index.ts';

/** Facts of a source that is nowhere, for what is decided by facts alone. */
export function factsOfNothing(
  fsType: string,
  overrides: Partial<Omit<FilesystemFacts, 'mount'>> & { readonly mount?: Partial<FilesystemFacts['mount']> } = {},
): FilesystemFacts {
  const { mount, ...rest } = overrides;
  const nowhere = (): never => {
    throw new Error('there is nothing to open');
  };
  return {
    kind: 'filesystem',
    spec: filesystemSpec('/home/someone', { excludePresets: [] }),
    root: Buffer.from('/home/someone'),
    location: '/home/someone',
    followedFrom: null,
    filesystem: fsType,
    mountPoint: '/home',
    device: '/dev/mapper/vg-home',
    mount: {
      ...{ id: 30, parentId: 1, major: 253, minor: 1, root: '/', mountPoint: '/home', options: ['rw'], fsType },
      ...{ source: '/dev/mapper/vg-home', superOptions: ['rw'] },
      ...mount,
    },
    deviceId: 64769n,
    inode: 2n,
    leftOut: [],
    files: 0,
    directories: 0,
    others: 0,
    bytes: 0,
    storedBytes: 0,
    counted: true,
    openTree: nowhere,
    openCopy: nowhere,
    ...rest,
  };
}
