import { existsSync, readFileSync } from 'node:fs';

/** What the helper's bundle leaves outside: packages with native code. */
export const externalPackages = ['koffi', 'sodium-native'];

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** The named packages and everything they depend on, as far as it is installed (optional packages may not be). */
export function withDependencies(modules: string, names: readonly string[]): readonly string[] {
  const found = new Set<string>();
  const visit = (name: string): void => {
    const manifest = `${modules}/${name}/package.json`;
    if (found.has(name) || !existsSync(manifest)) return;
    found.add(name);
    const { dependencies, optionalDependencies }: Manifest = JSON.parse(readFileSync(manifest, 'utf8'));
    for (const next of Object.keys({ ...dependencies, ...optionalDependencies })) visit(next);
  };
  for (const name of names) {
    if (!existsSync(`${modules}/${name}/package.json`)) throw new Error(`${name} is not installed in ${modules}`);
    visit(name);
  }
  return [...found].sort();
}

/** Whether a file of such a package is needed to run on this machine: no sources, no documents, no other platforms. */
export function isNeeded(pathInModules: string): boolean {
  const prebuild = /\/prebuilds\/([^/]+?)(?:\.node)?(?:\/|$)/.exec(pathInModules)?.[1];
  if (prebuild !== undefined && prebuild !== `${process.platform}-${process.arch}`) return false;
  return !/^koffi\/(doc|vendor)(\/|$)|\.(c|cc|cpp|h|hh|gyp|md)$/.test(pathInModules);
}
