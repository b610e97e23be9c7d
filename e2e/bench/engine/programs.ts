import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { resticBinaries } from '../../../electron/helper/repository/testing/restic-program.ts';
import { runProgramOk } from '../../../electron/helper/system/exec.ts';
import { lastRecord } from '../../harness/command-line.ts';
import { newPlace, type Place } from '../../harness/place.ts';
import { root } from '../../harness/tree.ts';
import { type Measured, measured } from './measured.ts';

/** One program with a new repository: what is done with it in turn. */
export interface Program {
  readonly name: string;
  open(repository: string, corpus: string): Promise<Opened>;
}

export interface Opened extends Disposable {
  backup(): Promise<Measured>;
  /** Into a folder that is there and empty. */
  restore(target: string): Promise<Measured>;
  /** The same, and what was written is read back, where `restore` does not do that by itself and the program can. */
  restoreVerified?(target: string): Promise<Measured>;
  /** Every byte of the repository. */
  check(): Promise<Measured>;
}

export function ours(): Program {
  return {
    name: 'stillpoint',
    async open(repository, corpus) {
      const place = newPlace(repository, 'as-made');
      await must(place, 'init');
      await must(place, 'sources', 'add', corpus, '--no-preset', 'all', '--name', 'corpus');
      const args = ['--repo', repository, '--password-file', place.passwordFile];
      const env = { ...process.env, ...place.environment };
      const run = (...more: readonly string[]) =>
        measured(process.execPath, [join(root, 'out/helper/cli.js'), '--json', ...more, ...args], env, {
          good: [0, 3],
        });
      return {
        backup: () => run('backup', 'corpus'),
        async restore(target) {
          const snapshots = await place.run('snapshots');
          const { id } = lastRecord(snapshots, 'snapshot');
          return run('restore', String(id), '--to', target);
        },
        check: () => run('check', '--read-data'),
        [Symbol.dispose]: () => place[Symbol.dispose](),
      };
    },
  };
}

async function must(place: Place, ...command: readonly string[]): Promise<void> {
  const { code, stderr, records } = await place.run(...command);
  if (code !== 0) throw new Error(`${command.join(' ')}: ${stderr} ${JSON.stringify(records.slice(-1))}`);
}

/** The newest restic that is to be had here. */
export async function restic(): Promise<Program> {
  const newest = resticBinaries().findLast(({ path, minor }) => path !== undefined && minor >= 17);
  const fetched = join(root, 'out/tools/restic-0.18.0');
  const program = newest?.path ?? (existsSync(fetched) ? fetched : 'restic');
  const version = (await runProgramOk(program, ['version'])).stdout.toString().split(' ').slice(0, 2).join(' ');
  return {
    name: version,
    async open(repository, corpus) {
      const place = newPlace(repository, 'as-made');
      const env = { HOME: place.path, PATH: '/usr/bin:/bin', RESTIC_PASSWORD_FILE: place.passwordFile };
      const run = (...args: readonly string[]) => measured(program, ['--repo', repository, ...args], env);
      await run('init');
      return {
        backup: () => run('backup', corpus),
        restore: (target) => run('restore', 'latest', '--target', target),
        restoreVerified: (target) => run('restore', 'latest', '--verify', '--target', target),
        check: () => run('check', '--read-data'),
        [Symbol.dispose]: () => place[Symbol.dispose](),
      };
    },
  };
}

export async function borg(): Promise<Program> {
  const version = (await runProgramOk('/usr/bin/borg', ['--version'])).stdout.toString().trim();
  return {
    name: `${version} lz4`,
    async open(repository, corpus) {
      const place = newPlace(repository, 'as-made');
      const env = {
        HOME: place.path,
        PATH: '/usr/bin:/bin',
        BORG_BASE_DIR: place.path,
        BORG_PASSPHRASE: 'correct horse',
        BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: 'yes',
      };
      const run = (cwd: string, ...args: readonly string[]) => measured('/usr/bin/borg', args, env, { cwd });
      await run('/', 'init', '--encryption', 'repokey', repository);
      return {
        backup: () => run('/', 'create', '--compression', 'lz4', `${repository}::one`, corpus),
        restore: (target) => run(target, 'extract', `${repository}::one`),
        check: () => run('/', 'check', '--verify-data', repository),
        [Symbol.dispose]: () => place[Symbol.dispose](),
      };
    },
  };
}

export function emptyFolder(path: string): string {
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
  return path;
}
