import { fileURLToPath } from 'node:url';
import { InstallError, install, uninstall } from './install.ts';
import { policyFileOf, realPlaces } from './places.ts';

// As root, by `npm run install-helper` and `npm run uninstall-helper`. Runs code of this tree as root, once, because a
// person asked for it; the app never does.
const inTree = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

async function main(what: string | undefined): Promise<string> {
  if (process.getuid?.() !== 0) throw new InstallError('install-helper: only root can do this.');
  if (what === 'uninstall') {
    const { keptState } = uninstall(realPlaces);
    const rest = keptState ? `; ${realPlaces.stateFolder} holds registrations and was kept` : '';
    return `removed ${realPlaces.prefix} and its polkit policy${rest}`;
  }
  await install(realPlaces, {
    node: process.execPath,
    helper: inTree('out/helper'),
    guard: inTree('out/native/stillpoint-guard'),
    nodeModules: inTree('node_modules'),
    policy: inTree('build/polkit/dev.stillpoint.policy'),
  });
  return `installed ${realPlaces.prefix} and ${policyFileOf(realPlaces)}`;
}

main(process.argv[2]).then(
  (line) => process.stderr.write(`install-helper: ${line}\n`),
  (error: unknown) => {
    process.stderr.write(`${error instanceof InstallError ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
