import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isTaken, releaseMade, resticMade } from './restic-made.ts';

const run = promisify(execFile);

/** Path of a second, newer restic that the interoperability tests also run against. */
export const newerResticVariable = 'STILLPOINT_NEWER_RESTIC';

export interface ResticBinary {
  /** As tests show it: `restic 0.14.0`, or why it is missing. */
  readonly title: string;
  readonly path: string | undefined;
  /** Minor version: 14 of 0.14.0. */
  readonly minor: number;
}

/** The stock program in PATH, and the newer one where the environment names it. */
export function resticBinaries(): readonly ResticBinary[] {
  const newer = process.env[newerResticVariable];
  return [
    probe('restic', 'restic (not installed)'),
    newer
      ? probe(newer, `restic at ${newer} (does not run)`)
      : missing(`a newer restic (${newerResticVariable} is not set)`),
  ];
}

function probe(path: string, otherwise: string): ResticBinary {
  try {
    const version = execFileSync(path, ['version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const [title = '', minor = '0'] = /restic 0\.(\d+)\.\d+/.exec(version) ?? [];
    return { title, path, minor: Number(minor) };
  } catch {
    return missing(otherwise);
  }
}

function missing(title: string): ResticBinary {
  return { title, path: undefined, minor: 0 };
}

export interface ResticResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder for one test with a password file beside the repository's place, and restic pointed at both. */
export class ResticPlace {
  readonly folder = mkdtempSync(join(tmpdir(), 'stillpoint-restic-'));
  readonly root = join(this.folder, 'repository');
  readonly password: string;
  readonly #binary: string;
  #zone: string | undefined;

  constructor(binary: string, password: string) {
    this.#binary = binary;
    this.password = password;
    this.setPassword(password);
  }

  /** Restic's wall clock from now on. */
  inZone(zone: string): this {
    this.#zone = zone;
    return this;
  }

  /** What restic uses from now on. */
  setPassword(password: string): void {
    writeFileSync(this.#passwordFile, password);
    chmodSync(this.#passwordFile, 0o600);
  }

  /**
   * Fails with restic's own words unless it ends well. What `init` makes was made once by this program, and is used again
   * (`restic-made.ts`).
   */
  async restic(...command: string[]): Promise<string> {
    if (command[0] !== 'init' || isTaken(this.root)) return this.#run(command);
    // Since there is another format than 1, that is what restic makes when it is not told.
    const kind = JSON.stringify([
      this.#binary,
      command.length === 1 ? [...command, '--repository-version', '2'] : command,
    ]);
    await resticMade(this.root, this, { kind, password: this.password, init: () => this.#run(command) });
    return '';
  }

  async #run(command: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.tryRestic(...command);
    if (code !== 0) throw new Error(`restic ${command.join(' ')} ended with ${code}:\n${stdout}\n${stderr}`);
    return stdout;
  }

  async tryRestic(...command: string[]): Promise<ResticResult> {
    try {
      const options = { env: this.#environment, maxBuffer: 256 * 1024 * 1024 };
      return { code: 0, ...(await run(this.#binary, [...this.#arguments, ...command], options)) };
    } catch (error) {
      const failed = error as { code?: unknown; stdout?: string; stderr?: string };
      if (typeof failed.code !== 'number') throw error;
      return { code: failed.code, stdout: failed.stdout ?? '', stderr: failed.stderr ?? '' };
    }
  }

  /** Starts restic and leaves it running; its standard input is a pipe. */
  start(...command: string[]): ChildProcess {
    return spawn(this.#binary, [...this.#arguments, ...command], {
      env: this.#environment,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
  }

  dispose(): void {
    releaseMade(this);
    rmSync(this.folder, { recursive: true, force: true });
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  get #passwordFile(): string {
    return join(this.folder, 'password');
  }

  get #arguments(): string[] {
    return ['--repo', this.root, '--password-file', this.#passwordFile, '--no-cache'];
  }

  get #environment(): NodeJS.ProcessEnv {
    const zone = this.#zone === undefined ? {} : { TZ: this.#zone };
    return { PATH: process.env.PATH, HOME: this.folder, TMPDIR: this.folder, ...zone };
  }
}
