import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const sources = fileURLToPath(new URL('../native/', import.meta.url));
const built = fileURLToPath(new URL('../../../../../out/native/stillpoint-guard', import.meta.url));
let compiled: string | undefined;

/** The native program, as the build left it if that is fresh; else compiled here, for this process. */
export function guardBinary(): string {
  const files = readdirSync(sources).map((name) => join(sources, name));
  const newest = Math.max(...files.map((path) => statSync(path).mtimeMs));
  if (existsSync(built) && statSync(built).mtimeMs >= newest) return built;
  compiled ??= compile(files.filter((path) => path.endsWith('.c')));
  return compiled;
}

function compile(files: readonly string[]): string {
  const directory = mkdtempSync(join(tmpdir(), 'stillpoint-guard-'));
  // Tests start it as other users too.
  chmodSync(directory, 0o755);
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
  const output = join(directory, 'stillpoint-guard');
  const flags = ['-static', '-O2', '-Wall', '-Wextra', '-Werror', '-o', output];
  const { status, stderr } = spawnSync('gcc', [...flags, ...files], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the freeze guard did not compile: ${stderr}`);
  return output;
}
