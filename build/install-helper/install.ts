import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { lstat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  type FileLookup,
  installedPrefix,
  launcherOf,
  verifyInstalledCopy,
} from '../../electron/main/helper-client/installed-copy.ts';
import { launcherScript } from './launcher.ts';
import { externalPackages, isNeeded, withDependencies } from './native-packages.ts';
import { consentsOf, type Places, policyFileOf, rulesOf } from './places.ts';

/** What is installed from; all of it is read only. */
export interface Ingredients {
  readonly node: string;
  /** Folder with helper.js and what it loads. */
  readonly helper: string;
  /** The freeze guard; the helper looks for it at ../native beside its own folder. */
  readonly guard: string;
  readonly nodeModules: string;
  readonly policy: string;
}

/** A refusal whose message is all a person needs. */
export class InstallError extends Error {}

/**
 * Makes the root-owned copy, then its policy, so that polkit never names a program that is not there. The copy is
 * complete and verified before it takes the place of the old one; between the two renames there is none, and a start
 * finds nothing. Needs root. Throws `InstallError`, and leaves what was installed before as it was.
 */
export async function install(places: Places, from: Ingredients): Promise<void> {
  for (const path of [from.node, join(from.helper, 'helper.js'), from.guard, from.policy]) {
    if (!existsSync(path)) throw new InstallError(`install-helper: ${path} is missing; npm run build makes it.`);
  }
  const parent = dirname(places.prefix);
  await requireTrust(parent, 'the folder it would be installed in', itselfOnly);
  const fresh = `${places.prefix}.new-${process.pid}`;
  const old = `${places.prefix}.old-${process.pid}`;
  try {
    fill(fresh, places, from);
    await requireTrust(fresh, 'the new copy');
    if (existsSync(places.prefix)) renameSync(places.prefix, old);
    try {
      renameSync(fresh, places.prefix);
    } catch (error) {
      if (existsSync(old)) renameSync(old, places.prefix);
      throw error;
    }
  } finally {
    rmSync(fresh, { recursive: true, force: true });
    rmSync(old, { recursive: true, force: true });
  }
  if (!existsSync(places.stateFolder)) mkdirSync(places.stateFolder, { mode: 0o700 });
  close(places.stateFolder, 0o700);
  installPolicy(places, from.policy);
}

/**
 * Removes the rules and the policy first, then the copy: nothing of polkit names a program that is not there. What was
 * agreed to for scheduled runs ends with it. What was registered is the user's: its folder goes
 * only when empty.
 */
export function uninstall(places: Places): { readonly keptState: boolean } {
  for (const path of [...rulesOf(places), ...consentsOf(places)]) rmSync(path, { force: true });
  rmSync(policyFileOf(places), { force: true });
  rmSync(places.prefix, { recursive: true, force: true });
  const keptState = existsSync(places.stateFolder) && readdirSync(places.stateFolder).length > 0;
  if (!keptState) rmSync(places.stateFolder, { recursive: true, force: true });
  return { keptState };
}

function fill(fresh: string, { prefix }: Places, from: Ingredients): void {
  for (const folder of ['', 'bin', 'native', 'node_modules']) mkdirSync(join(fresh, folder), { mode: 0o755 });
  cpSync(from.node, join(fresh, 'bin/node'), { dereference: true });
  writeFileSync(join(fresh, 'bin', 'stillpoint-helper'), launcherScript(prefix), { mode: 0o755 });
  cpSync(from.helper, join(fresh, 'helper'), { recursive: true, dereference: true });
  cpSync(from.guard, join(fresh, 'native/stillpoint-guard'), { dereference: true });
  for (const name of withDependencies(from.nodeModules, externalPackages)) {
    cpSync(join(from.nodeModules, name), join(fresh, 'node_modules', name), {
      recursive: true,
      dereference: true,
      filter: (path) => isNeeded(path.slice(from.nodeModules.length + 1)),
    });
  }
  writeFileSync(join(fresh, 'package.json'), '{ "type": "module" }\n');
  const programs = ['bin/node', 'bin/stillpoint-helper', 'native/stillpoint-guard'].map((path) => join(fresh, path));
  closeTree(fresh, new Set(programs));
}

/** Everything to root, writable by root alone, whatever the umask and the sources' modes were. */
function closeTree(path: string, programs: ReadonlySet<string>): void {
  const isFolder = lstatSync(path).isDirectory();
  close(path, isFolder || programs.has(path) ? 0o755 : 0o644);
  if (isFolder) for (const name of readdirSync(path)) closeTree(join(path, name), programs);
}

function close(path: string, mode: number): void {
  chownSync(path, 0, 0);
  chmodSync(path, mode);
}

async function requireTrust(folder: string, what: string, lookup?: FileLookup): Promise<void> {
  const found = await verifyInstalledCopy(folder, lookup);
  if (found.trusted) return;
  throw new InstallError(`install-helper: ${what} cannot be trusted: ${found.path} is ${found.distrust}.`);
}

/** For the folder above: its own chain has to be sound, what else is in it does not matter. */
const itselfOnly: FileLookup = { lstat: (path) => lstat(path), readdir: async () => [] };

function installPolicy(places: Places, source: string): void {
  const text = readFileSync(source, 'utf8')
    .replaceAll(launcherOf(installedPrefix), launcherOf(places.prefix))
    .replaceAll('"dev.stillpoint.', `"${places.id}.`);
  const fresh = `${policyFileOf(places)}.new`;
  writeFileSync(fresh, text);
  close(fresh, 0o644);
  renameSync(fresh, policyFileOf(places));
}
