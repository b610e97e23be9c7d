import { installedPrefix } from '../../electron/main/helper-client/installed-copy.ts';

/** Where an installed helper lives. A test installs a second one beside the real one, so all of it can be moved. */
export interface Places {
  /** Absolute; every folder above it belongs to root. */
  readonly prefix: string;
  /** Start of polkit's action ids, and name of the policy file. */
  readonly id: string;
  readonly policyFolder: string;
  /** Registered sources and repositories: root's alone. */
  readonly stateFolder: string;
}

export const realPlaces: Places = {
  prefix: installedPrefix,
  id: 'dev.stillpoint',
  policyFolder: '/usr/share/polkit-1/actions',
  stateFolder: '/var/lib/stillpoint',
};

export function policyFileOf({ policyFolder, id }: Places): string {
  return `${policyFolder}/${id}.policy`;
}
