import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const sources = fileURLToPath(new URL('../native/', import.meta.url));
const outputs = fileURLToPath(new URL('../../../../../out/native/for-tests/', import.meta.url));

/** The native program, compiled from what stands here now; compiled once for each state of its sources. */
export function guardBinary(): string {
  const files = readdirSync(sources)
    .sort()
    .map((name) => join(sources, name));
  const hash = createHash('sha256');
  for (const path of files) hash.update(readFileSync(path));
  const output = join(outputs, `stillpoint-guard-${hash.digest('hex').slice(0, 16)}`);
  if (!existsSync(output)) compile(files, output);
  return output;
}

function compile(files: readonly string[], output: string): void {
  mkdirSync(dirname(output), { recursive: true, mode: 0o755 });
  // Two test processes may compile at once: each its own file, and the name is given to a finished one.
  const fresh = `${output}.${process.pid}`;
  const programs = files.filter((path) => path.endsWith('.c'));
  const flags = ['-static', '-O2', '-Wall', '-Wextra', '-Werror', '-o', fresh];
  const { status, stderr } = spawnSync('gcc', [...flags, ...programs], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the freeze guard did not compile: ${stderr}`);
  renameSync(fresh, output);
}
