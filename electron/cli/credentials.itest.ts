import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { restServers, testPassword, testUser } from '../helper/repository/testing/servers/rest-servers.ts';
import { emulationKeys, S3Emulation } from '../helper/repository/testing/servers/s3-emulation.ts';

const program = fileURLToPath(new URL('./index.ts', import.meta.url));
const repositoryPassword = 'the word of the repository';
const secrets = [testPassword, emulationKeys.secretAccessKey, repositoryPassword];

interface Started {
  readonly place: string;
  /** Lines of the file of credentials. */
  readonly credentials: Readonly<Record<string, string>>;
  readonly stop: () => Promise<void>;
}

interface Kind {
  readonly name: string;
  readonly missing: string;
  readonly start: () => Promise<Started>;
}

const [restServer] = restServers;
const kinds: readonly Kind[] = [
  {
    name: 'a REST server',
    missing: restServer?.missing ?? '',
    start: async () => {
      const server = await restServer?.start();
      return {
        place: `rest:http://127.0.0.1:${server?.port}/r`,
        credentials: { user: testUser, password: testPassword },
        stop: async () => server?.stop(),
      };
    },
  },
  {
    ...{ name: 'a bucket', missing: '' },
    start: async () => {
      const server = await S3Emulation.start();
      const { accessKeyId, secretAccessKey } = emulationKeys;
      return {
        place: `s3:http://127.0.0.1:${server.port}/a-bucket/r`,
        credentials: { 'access-key-id': accessKeyId, 'secret-access-key': secretAccessKey },
        stop: () => server.stop(),
      };
    },
  },
];

describe('what opens a repository elsewhere is written in clear nowhere', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'stillpoint-secrets-'));
  });
  afterEach(() => rmSync(home, { recursive: true }));

  it.for(kinds.map((kind) => [`${kind.name}${kind.missing}`, kind] as const))('%s', async ([, kind], { skip }) => {
    if (kind.missing !== '') skip(kind.missing);
    const { place, credentials, stop } = await kind.start();
    try {
      const own = (name: string, text: string): string => {
        writeFileSync(join(home, name), text, { mode: 0o600 });
        return join(home, name);
      };
      mkdirSync(join(home, 'data'));
      writeFileSync(join(home, 'data/a'), 'something to keep');
      const lines = Object.entries(credentials).map(([name, value]) => `${name} = ${value}\n`);
      const said = [
        ...['--password-file', own('password', repositoryPassword)],
        ...['--credentials-file', own('credentials', lines.join(''))],
      ];
      const seen: string[] = [];
      const commands = [
        ['repositories', 'add', place, '--create', '--name', 'far'],
        ['backup', join(home, 'data')],
        ['check'],
      ];
      let printed = '';
      for (const command of commands) printed += await watched([...said, '--repo', 'far', ...command], home, seen);
      expect(printed).toContain('"snapshotId"');
      expect(seen.length).toBeGreaterThan(commands.length);
      // Those are where they were put by hand.
      const byHand = ['password', 'credentials'].map((name) => join(home, name));
      const written = filesBelow(home).filter((path) => !byHand.includes(path));
      expect(written.some((path) => readFileSync(path, 'utf8').includes('"far"'))).toBe(true);
      for (const secret of secrets) {
        const forms = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')];
        for (const form of forms) {
          expect(printed).not.toContain(form);
          for (const text of seen) expect(text).not.toContain(form);
          for (const path of written) expect(readFileSync(path).includes(form), path).toBe(false);
        }
      }
    } finally {
      await stop();
    }
  });
});

/** What a command prints; `seen` gets arguments and environment of its process and of all below it, as long as they run. */
async function watched(args: readonly string[], home: string, seen: string[]): Promise<string> {
  // The home itself is looked up in the system's list of users: without these the command would use that of whoever tests.
  const folders = ['CONFIG_HOME', 'DATA_HOME', 'STATE_HOME', 'CACHE_HOME', 'RUNTIME_DIR'];
  const xdg = Object.fromEntries(folders.map((name) => [`XDG_${name}`, home]));
  const env = { PATH: process.env.PATH, HOME: home, TMPDIR: home, TZ: 'UTC', ...xdg };
  const running = spawn(process.execPath, ['--no-warnings', program, '--json', ...args], { env, stdio: 'pipe' });
  let printed = '';
  for (const stream of [running.stdout, running.stderr]) stream.on('data', (piece: Buffer) => (printed += piece));
  const ended = new Promise<number | null>((resolve) => running.once('close', resolve));
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  const known = new Set<string>();
  while (!isOver) {
    for (const pid of familyOf(running.pid ?? 0))
      for (const file of ['cmdline', 'environ']) {
        const text = read(`/proc/${pid}/${file}`);
        if (text !== '') known.add(text);
      }
    await sleep(5);
  }
  seen.push(...known);
  const code = await ended;
  if (code !== 0 && code !== 3) throw new Error(`${args.slice(-5).join(' ')} ended with ${code}: ${printed}`);
  return printed;
}

function familyOf(pid: number): number[] {
  const children = read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
  return [pid, ...children.flatMap(familyOf)];
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}
