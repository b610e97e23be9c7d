import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CommandResult, stillpoint } from './command-line.ts';

/** A user's place for headless tests: settings, password and repository of its own, removed afterwards. */
export interface Place extends Disposable {
  readonly path: string;
  readonly repo: string;
  readonly passwordFile: string;
  readonly environment: Readonly<Record<string, string>>;
  /** A command with this place's repository and password. */
  run(...args: readonly string[]): Promise<CommandResult>;
  /** The same without `--repo` and `--password-file`. */
  bare(...args: readonly string[]): Promise<CommandResult>;
  /** Makes a folder with these files, content by name. */
  folder(name: string, files: Readonly<Record<string, string | Buffer>>): string;
}

export function newPlace(repo?: string): Place {
  const path = mkdtempSync(join(tmpdir(), 'stillpoint-headless-'));
  const passwordFile = join(path, 'password');
  writeFileSync(passwordFile, 'correct horse\n', { mode: 0o600 });
  const where = repo ?? join(path, 'repo');
  const environment = {
    XDG_CONFIG_HOME: join(path, 'config'),
    XDG_STATE_HOME: join(path, 'state'),
    XDG_CACHE_HOME: join(path, 'cache'),
    XDG_DATA_HOME: join(path, 'data'),
  };
  return {
    path,
    repo: where,
    passwordFile,
    environment,
    run: (...args) => stillpoint([...args, '--repo', where, '--password-file', passwordFile], environment),
    bare: (...args) => stillpoint(args, environment),
    folder(name, files) {
      const folder = join(path, name);
      mkdirSync(folder, { recursive: true });
      for (const [file, content] of Object.entries(files)) {
        mkdirSync(join(folder, file, '..'), { recursive: true });
        writeFileSync(join(folder, file), content);
      }
      return folder;
    },
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}
