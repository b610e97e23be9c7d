import { existsSync, readdirSync } from 'node:fs';
import { ruleNameStart } from '../../electron/helper/authority/start-rule.ts';
import { installedPrefix } from '../../electron/main/helper-client/installed-copy.ts';

/** Where an installed helper lives. A test installs a second one beside the real one, so all of it can be moved. */
export interface Places {
  /** Absolute; every folder above it belongs to root. */
  readonly prefix: string;
  /** Start of polkit's action ids, and name of the policy file. */
  readonly id: string;
  readonly policyFolder: string;
  /** Where the helper writes a rule for each user who may start it unasked. */
  readonly rulesFolder: string;
  /** Registered sources and repositories: root's alone. */
  readonly stateFolder: string;
}

export const realPlaces: Places = {
  prefix: installedPrefix,
  id: 'dev.stillpoint',
  policyFolder: '/usr/share/polkit-1/actions',
  rulesFolder: '/etc/polkit-1/rules.d',
  stateFolder: '/var/lib/stillpoint',
};

export function policyFileOf({ policyFolder, id }: Places): string {
  return `${policyFolder}/${id}.policy`;
}

/** The rules the helper wrote, whoever they are for. */
export function rulesOf({ rulesFolder, id }: Places): readonly string[] {
  if (!existsSync(rulesFolder)) return [];
  const start = ruleNameStart.replace(realPlaces.id, id);
  const ours = readdirSync(rulesFolder).filter((name) => name.startsWith(start) && /\.rules(\.new)?$/.test(name));
  return ours.map((name) => `${rulesFolder}/${name}`);
}

/** The records of who may be backed up unattended with still points; see electron/helper/directories.ts. */
export function consentsOf({ stateFolder }: Places): readonly string[] {
  const callers = `${stateFolder}/callers`;
  if (!existsSync(callers)) return [];
  return readdirSync(callers).map((caller) => `${callers}/${caller}/scheduled-still-points.json`);
}
