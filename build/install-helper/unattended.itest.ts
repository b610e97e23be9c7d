import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ruleFileOf, ruleFor } from '../../electron/helper/authority/start-rule.ts';
import { launcherOf } from '../../electron/main/helper-client/installed-copy.ts';
import { treeRoot } from '../checks/source-files.ts';
import { install, uninstall } from './install.ts';
import { type Places, policyFileOf } from './places.ts';
import { startSystemBus, until } from './testing/system-bus.ts';

const modules = spawnSync('/usr/bin/python3', ['-c', 'import dbus, gi'], { stdio: 'ignore' });
const missing =
  process.getuid?.() !== 0
    ? 'needs root'
    : spawnSync('pkexec', ['--version']).status !== 0
      ? 'needs polkit'
      : modules.status !== 0
        ? 'needs python3-dbus and python3-gi'
        : undefined;

const name = `stillpoint-un-${process.pid}`;
const other = `${name}-b`;
const places: Places = {
  prefix: `/opt/${name}`,
  id: `dev.stillpoint-un-${process.pid}`,
  policyFolder: '/usr/share/polkit-1/actions',
  rulesFolder: '/etc/polkit-1/rules.d',
  stateFolder: `/var/lib/${name}`,
};
const start = `${places.id}.helper.start`;
const register = `${places.id}.register`;
const schedule = `${places.id}.schedule`;

/** The rule as the helper writes it, for the actions of this test. */
const ours = (text: string): string => text.replaceAll('dev.stillpoint.', `${places.id}.`);

/** A process of a user that does what main does: asks whether it may unasked, and starts pkexec. */
class UserProcess {
  readonly process: ChildProcess;
  readonly #asked: string;
  readonly #answers: AsyncIterator<string>;
  #agent: ChildProcess | undefined;

  constructor(user: string, scratch: string) {
    const asUser = ['--reuid', user, '--regid', user, '--clear-groups', '--'];
    this.#asked = join(scratch, `asked-by-${user}`);
    writeFileSync(this.#asked, '');
    chmodSync(this.#asked, 0o666);
    const program = join(treeRoot, 'electron/main/helper-client/testing/user-process.ts');
    this.process = spawn('setpriv', [...asUser, process.execPath, '--no-warnings', program], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { PATH: process.env.PATH },
    });
    if (!this.process.stdout) throw new Error('no output');
    this.#answers = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
  }

  async ask(...words: string[]): Promise<string> {
    this.process.stdin?.write(`${words.join(' ')}\n`);
    return (await this.#answers.next()).value;
  }

  get pid(): number {
    return this.process.pid ?? 0;
  }

  /** From now on there is somebody who could be asked. */
  async startAgent(user: string): Promise<void> {
    const who = (await this.ask('who')).split(' ');
    const program = fileURLToPath(new URL('./testing/fake-agent.py', import.meta.url));
    const args = [...who, this.#asked];
    const asUser = ['--reuid', user, '--regid', user, '--clear-groups', '--', '/usr/bin/python3'];
    this.#agent = spawn('setpriv', [...asUser, program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    const agent = this.#agent;
    await new Promise<void>((resolve, reject) => {
      agent.stdout?.once('data', () => resolve());
      agent.once('exit', () => reject(new Error('the agent did not start')));
    });
  }

  /** The actions that its agent was asked about so far. */
  get questions(): readonly string[] {
    return readFileSync(this.#asked, 'utf8').split('\n').filter(Boolean);
  }

  stop(): void {
    this.#agent?.kill('SIGKILL');
    this.process.kill('SIGKILL');
  }
}

describe.skipIf(missing !== undefined)(missing ?? 'a start that asks nobody', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'stillpoint-unattended-'));
  chmodSync(scratch, 0o755);
  const rule = ours(ruleFileOf(name));
  let bus: Awaited<ReturnType<typeof startSystemBus>> | undefined;
  let user: UserProcess;

  beforeAll(async () => {
    for (const account of [name, other])
      execFileSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/bin/sh', account], {
        stdio: 'ignore',
      });
    bus = await startSystemBus();
    mkdirSync(join(scratch, 'helper'));
    writeFileSync(join(scratch, 'helper/helper.js'), 'console.log(process.getuid());');
    writeFileSync(join(scratch, 'guard'), 'stand-in\n', { mode: 0o755 });
    await install(places, {
      node: process.execPath,
      helper: join(scratch, 'helper'),
      guard: join(scratch, 'guard'),
      nodeModules: join(treeRoot, 'node_modules'),
      policy: join(treeRoot, 'build/polkit/dev.stillpoint.policy'),
    });
    await until('the policy', () => spawnSync('pkaction', ['--action-id', schedule]).status === 0);
  });
  afterAll(async () => {
    uninstall(places);
    rmSync(places.stateFolder, { recursive: true, force: true });
    await bus?.stop();
    for (const account of [name, other]) spawnSync('userdel', [account]);
    rmSync(scratch, { recursive: true, force: true });
  });
  beforeEach(async () => {
    rmSync(rule, { force: true });
    user = new UserProcess(name, scratch);
    await user.startAgent(name);
  });
  afterEach(() => user.stop());

  async function allow(): Promise<void> {
    writeFileSync(rule, ours(ruleFor(name)), { mode: 0o644 });
    await expect.poll(() => user.ask('may', start), { timeout: 15_000 }).toBe('true');
  }

  it('is not there before it was allowed: the question is not shown, unless a person is to see it', async () => {
    await expect.poll(() => user.ask('may', start), { timeout: 15_000 }).toBe('false');
    expect(user.questions).toEqual([]);
    expect(await user.ask('pkexec', launcherOf(places.prefix))).toMatch(/^12[67] $/);
    expect(user.questions).toEqual([start]);
  });

  it('is there for the one user it was allowed for, and for the start alone', async () => {
    await allow();
    expect(await user.ask('pkexec', launcherOf(places.prefix))).toBe('0 0');
    expect(await user.ask('may', register)).toBe('false');
    expect(await user.ask('may', schedule)).toBe('false');
    expect(await user.ask('pkexec', '/usr/bin/id')).toMatch(/^12[67] $/);
    // As root, and not as whoever else has files here.
    expect(await user.ask('pkexec', '--user', 'daemon', launcherOf(places.prefix))).toMatch(/^12[67] $/);
    expect(user.questions).toContain(start);
    const stranger = new UserProcess(other, scratch);
    try {
      expect(await stranger.ask('may', start)).toBe('false');
      expect(await stranger.ask('pkexec', launcherOf(places.prefix))).toMatch(/^12[67] $/);
    } finally {
      stranger.stop();
    }
  });

  it('is over when the rule is gone', async () => {
    await allow();
    rmSync(rule);
    await expect.poll(() => user.ask('may', start), { timeout: 15_000 }).toBe('false');
    expect(user.questions).toEqual([]);
  });

  it('leaves the helper’s own questions: asked where that may be, and else refused unasked', async () => {
    await allow();
    const uid = Number(execFileSync('id', ['-u', name], { encoding: 'utf8' }));
    const program = join(treeRoot, 'electron/helper/authority/testing/ask-consent.ts');
    const consent = (action: string, mayAsk: 'ask' | 'unasked'): string =>
      execFileSync(process.execPath, ['--no-warnings', program, String(uid), String(user.pid), action, mayAsk], {
        encoding: 'utf8',
      }).trim();
    for (const action of [register, schedule]) {
      expect(consent(action, 'unasked')).toBe('not-asked');
    }
    expect(user.questions).toEqual([]);
    for (const action of [register, schedule]) {
      expect(consent(action, 'ask')).toBe('refused');
    }
    expect(user.questions).toEqual([register, schedule]);
    expect(consent(start, 'unasked')).toBe('granted');
  });

  it('ends with the helper: rules and consents are removed with it', async () => {
    const callers = `${places.stateFolder}/callers/1000`;
    mkdirSync(callers, { recursive: true });
    writeFileSync(`${callers}/scheduled-still-points.json`, '{}');
    writeFileSync(`${callers}/registry.json`, '{}');
    const foreign = `${places.rulesFolder}/50-${places.id}-of-somebody.rules`;
    writeFileSync(rule, '// a test\n', { mode: 0o644 });
    writeFileSync(foreign, '// a test\n', { mode: 0o644 });
    try {
      expect(statSync(rule).isFile()).toBe(true);
      expect(uninstall(places)).toEqual({ keptState: true });
      const paths = [rule, policyFileOf(places), `${callers}/scheduled-still-points.json`];
      expect(paths.map((path) => existsSync(path))).toEqual([false, false, false]);
      expect([foreign, `${callers}/registry.json`].map((path) => existsSync(path))).toEqual([true, true]);
    } finally {
      rmSync(foreign, { force: true });
    }
  });
});
