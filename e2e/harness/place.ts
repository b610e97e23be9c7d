import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CommandResult, stillpoint } from './command-line.ts';
import { giveFastKey } from './fast-key.ts';

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

/** `keys`: what `init` makes is usually given a key that costs nothing (`fast-key.ts`); a bench leaves it as it is made. */
export function newPlace(repo?: string, keys: 'fast' | 'as-made' = 'fast'): Place {
  const path = mkdtempSync(join(tmpdir(), 'stillpoint-headless-'));
  const passwordFile = join(path, 'password');
  const password = 'correct horse';
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
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
    async run(...args) {
      const result = await stillpoint([...args, '--repo', where, '--password-file', passwordFile], environment);
      if (keys === 'fast' && args[0] === 'init' && result.code === 0)
        await giveFastKey(where, password, join(environment.XDG_CONFIG_HOME, 'stillpoint/registry.json'));
      return result;
    },
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
