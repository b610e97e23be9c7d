import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { defaultPolicy } from '../../shared/domain/policy.ts';
import { ruleFileOf } from './authority/start-rule.ts';
import { type FakeLogind, startFakeLogind, whyNoFakeLogind } from './system/testing/fake-logind.ts';
import { type LoopFilesystem, openLoopFilesystem, whyNoLoopFilesystem } from './system/testing/loop-filesystem.ts';
import { ElevatedScene } from './testing/elevated-scene.ts';

const missing = whyNoFakeLogind() ?? whyNoLoopFilesystem('ext4');

describe.skipIf(missing !== undefined)(missing ?? 'runs that nobody watches', () => {
  let filesystem: LoopFilesystem;
  let logind: FakeLogind;
  let scene: ElevatedScene;
  beforeAll(async () => {
    filesystem = await openLoopFilesystem({ type: 'ext4', sizeMiB: 32 });
    logind = await startFakeLogind();
  });
  afterAll(async () => {
    scene?.close();
    await logind?.[Symbol.asyncDispose]();
    await filesystem?.close();
  });
  beforeEach(async () => {
    scene?.close();
    await logind.wake();
    await logind.forgetEvents();
    scene = new ElevatedScene(filesystem, logind.bus);
    await scene.protect();
  });

  it('hold nobody before that was allowed, hold once it was, and no longer when it was taken back', async () => {
    const words = 'Scheduled runs may not hold filesystems still until that is allowed once.';
    expect(await scene.call('helper.status', {})).toMatchObject({ scheduledStillPoints: false });
    const before = await scene.backUp('schedule');
    expect(before.evidence).toMatchObject({ method: 'live', hold: null, attempts: 1 });
    expect(before.evidence.level).not.toBe('filesystem');
    expect(before.evidence.whyNotStronger.join()).toContain(words);
    expect(before.notes.filter((note) => note === words)).toHaveLength(1);
    expect(before.events[0]).toMatchObject({ type: 'run-started', trigger: 'schedule' });
    expect(before.result).toMatchObject({ outcome: 'warnings', warnings: [{ code: 'weaker-than-required' }] });

    await scene.call('schedule.allowStillPoints', {});
    expect(await scene.call('helper.status', {})).toMatchObject({ scheduledStillPoints: true });
    const allowed = await scene.backUp('schedule');
    expect(allowed.evidence).toMatchObject({ method: 'precopy-freeze', level: 'filesystem', whyNotStronger: [] });
    expect(allowed.notes).toEqual([]);

    await scene.call('schedule.forbidStillPoints', {});
    expect(await scene.call('helper.status', {})).toMatchObject({ scheduledStillPoints: false });
    expect((await scene.backUp('schedule')).evidence.method).toBe('live');
    // Which method holds is not what consent is about.
    expect((await scene.backUp('person')).evidence.hold).not.toBeNull();
  });

  it('are allowed with a rule for one user, which goes with the consent', async () => {
    const rule = ruleFileOf('nobody', scene.rules);
    const elsewhere = join(scene.top, 'elsewhere');
    writeFileSync(elsewhere, 'untouched');
    symlinkSync(elsewhere, rule);
    symlinkSync(elsewhere, `${rule}.new`);
    await scene.call('schedule.allowStillPoints', {});
    expect(readFileSync(elsewhere, 'utf8')).toBe('untouched');
    expect(statSync(rule)).toMatchObject({ uid: 0, mode: 0o100644 });
    expect(readFileSync(rule, 'utf8')).toContain('subject.user === "nobody"');
    await scene.call('schedule.forbidStillPoints', {});
    expect(existsSync(rule)).toBe(false);
    await scene.call('schedule.forbidStillPoints', {});
  });

  it('are not allowed where the rule cannot be kept', async () => {
    rmSync(scene.rules, { recursive: true });
    await expect(scene.call('schedule.allowStillPoints', {})).rejects.toMatchObject({ kind: 'not-permitted' });
    expect(await scene.call('helper.status', {})).toMatchObject({ scheduledStillPoints: false });
    mkdirSync(scene.rules, { mode: 0o777 });
    chmodSync(scene.rules, 0o777);
    await expect(scene.call('schedule.allowStillPoints', {})).rejects.toThrow(/could be changed by others/);
  });

  it('keep the machine awake and sleep away from the freeze, in the right order', async () => {
    await scene.backUp('person');
    await expect.poll(() => logind.locks()).toEqual([]);
    const order = (await logind.events()).map(({ what, lock, mode }) => `${what} ${lock} ${mode}`);
    expect(order).toEqual(['held idle block', 'held sleep delay', 'released sleep delay', 'released idle block']);
  });

  it('hold nothing once sleep is announced: copied live, and said', async () => {
    // No guard is there: if one were asked for, that would be what is told.
    rmSync(join(scene.top, 'native'), { recursive: true });
    await logind.announceSleep();
    const { evidence, events, notes } = await scene.backUp('person');
    expect(evidence).toMatchObject({ method: 'live', hold: null, attempts: 3 });
    expect(evidence.level).not.toBe('filesystem');
    expect(evidence.whyNotStronger.join()).toContain('The system is about to sleep');
    expect(notes.join()).toContain('The system is about to sleep');
    expect(events.some((event) => event.type === 'held')).toBe(false);
    expect(events.some((event) => event.type === 'phase-started' && event.phase === 'freeze')).toBe(false);
  });

  it('are told what the machine’s conditions are', async () => {
    expect(await scene.call('machine.conditions', {})).toMatchObject({ metered: null, sleepAnnounced: false });
    await logind.announceSleep();
    expect(await scene.call('machine.conditions', {})).toMatchObject({ sleepAnnounced: true });
  });
});

describe.skipIf(missing !== undefined)(missing ?? 'a helper that is killed', () => {
  const top = mkdtempSync(join(tmpdir(), 'stillpoint-killed-'));
  afterAll(() => rmSync(top, { recursive: true, force: true }));

  it('leaves nothing that keeps the machine awake', async () => {
    await using logind = await startFakeLogind();
    const helper = new HelperChild(top, logind.bus.address);
    try {
      const source = join(top, 'source');
      mkdirSync(source);
      writeFileSync(join(source, 'large'), randomBytes(64 * 1024 * 1024));
      const location = { kind: 'local', path: join(top, 'repository') };
      const { id } = await helper.ask('repositories.create', { name: 'R', location, password: 'p' });
      const policy = defaultPolicy(id as never, 'per-file');
      const spec = { kind: 'filesystem', path: source, excludes: [] };
      const { id: sourceId } = await helper.ask('sources.add', { name: 'S', spec, policy });
      const run = { sourceId, runId: 'a'.repeat(32), askedAt: '2026-11-20T02:00:00Z' };
      await helper.untilPhase('backup.run', run);
      helper.process.kill('SIGSTOP');
      await expect.poll(() => logind.locks()).toMatchObject([{ what: 'idle', mode: 'block', who: 'Stillpoint' }]);
      helper.process.kill('SIGKILL');
      await expect.poll(() => logind.locks()).toEqual([]);
    } finally {
      helper.process.kill('SIGKILL');
    }
  });
});

interface Told {
  readonly ok?: boolean;
  readonly event?: { readonly type: string };
  readonly result?: { readonly id: string };
  readonly error?: unknown;
}

/** The helper as a process of its own, spoken to in frames. */
class HelperChild {
  readonly process: ChildProcess;
  readonly #waiters = new Map<number, (frame: Told) => void>();
  #id = 0;

  constructor(home: string, bus: string) {
    const program = fileURLToPath(new URL('./index.ts', import.meta.url));
    const xdg = ['CONFIG', 'DATA', 'STATE', 'CACHE'].map((name) => [`XDG_${name}_HOME`, join(home, name)]);
    const env = { ...Object.fromEntries(xdg), HOME: home, PATH: process.env.PATH, DBUS_SYSTEM_BUS_ADDRESS: bus };
    this.process = spawn(process.execPath, ['--no-warnings', program], { env, stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: this.process.stdout ?? process.stdin });
    lines.on('line', (line) => {
      const frame = JSON.parse(line);
      this.#waiters.get(frame.id)?.(frame);
    });
  }

  ask(command: string, params: object): Promise<{ id: string }> {
    return new Promise((resolve, reject) => {
      this.#send(command, params, ({ ok, result, error }) => {
        if (ok === true && result) resolve(result);
        if (ok === false) reject(new Error(JSON.stringify(error)));
      });
    });
  }

  /** Until the first phase begins: the run is under way. */
  untilPhase(command: string, params: object): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#send(command, params, ({ event, ok }) => {
        if (ok !== undefined) reject(new Error('it ended before it began'));
        if (event?.type === 'phase-started') resolve();
      });
    });
  }

  #send(command: string, params: object, onFrame: (frame: Told) => void): void {
    const id = ++this.#id;
    this.#waiters.set(id, onFrame);
    this.process.stdin?.write(`${JSON.stringify({ type: 'request', id, command, params })}\n`);
  }
}
