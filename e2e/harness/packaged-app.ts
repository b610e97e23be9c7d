import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { asUser } from './as-user.ts';
import { testUser } from './test-user.ts';
import { root } from './tree.ts';

export interface PackagedApp {
  readonly folder: string;
  readonly program: string;
}

const folder = join(root, 'out/package/linux-unpacked');
const program = join(folder, 'stillpoint');
const patienceMs = 280_000;

/** Why it cannot be started from where it is built; undefined where it can. */
export function whyNotPackaged(): string | undefined {
  const [test = '', ...args] = asUser(testUser(), ['test', '-x', root]);
  return spawnSync(test, args).status === 0 ? undefined : 'needs a checkout that the test user can enter';
}

/** The app as `npm run package` makes it of what is built now; packed anew only where that is newer. */
export async function packagedApp(): Promise<PackagedApp> {
  if (isStale()) {
    const { status, stderr } = spawnSync('npm', ['run', 'package'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: patienceMs,
    });
    if (status !== 0) throw new Error(`npm run package failed: ${stderr.slice(-2000)}`);
  }
  return { folder, program };
}

function isStale(): boolean {
  if (!existsSync(program)) return true;
  const packed = statSync(join(folder, 'resources/app/package.json')).mtimeMs;
  return ['app', 'helper', 'guard'].some((name) => statSync(join(root, `out/.built-${name}`)).mtimeMs > packed);
}
