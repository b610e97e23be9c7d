import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runProgramOk } from '../../system/exec.ts';
import { processInfo } from '../../system/process-info.ts';
import { createHooks } from './hooks.ts';
import { HookScene, whyNoHooks } from './testing/hook-scene.ts';

const child = fileURLToPath(new URL('./testing/hooked-child.ts', import.meta.url));

/** Another process of ours calls hooks; resolves when `until` holds, and gives what kills it. */
async function elsewhere(scene: HookScene, names: readonly string[], until: () => boolean) {
  const other = spawn(process.execPath, [child, scene.folder, scene.recordsFolder, ...names], { stdio: 'ignore' });
  await expect.poll(until, { timeout: 20_000, interval: 20 }).toBe(true);
  return async (): Promise<void> => {
    const gone = once(other, 'exit');
    other.kill('SIGKILL');
    await gone;
  };
}

describe.skipIf(whyNoHooks !== undefined)(whyNoHooks ?? 'hooks around a hold', () => {
  it('are called in the order of their names, and back in reverse', async () => {
    using scene = new HookScene();
    for (const name of ['20-mail', '10-shop', '30-unnamed']) scene.add(name);
    const run = scene.run('20-mail', '10-shop');
    {
      await using _told = await run.around();
      expect(scene.calls).toEqual(['10-shop freeze', '20-mail freeze']);
      expect(readdirSync(scene.recordsFolder)).toHaveLength(1);
    }
    expect(scene.calls).toEqual(['10-shop freeze', '20-mail freeze', '20-mail thaw', '10-shop thaw']);
    expect(run.calls.map(({ name, when, ok, problem }) => [name, when, ok, problem])).toEqual([
      ['10-shop', 'freeze', true, ''],
      ['20-mail', 'freeze', true, ''],
      ['20-mail', 'thaw', true, ''],
      ['10-shop', 'thaw', true, ''],
    ]);
    for (const { durationMs } of run.calls) expect(durationMs).toBeGreaterThan(0);
    expect(readdirSync(scene.recordsFolder)).toEqual([]);
  });

  it('get nothing of our environment, no input, and the root directory', async () => {
    using scene = new HookScene();
    process.env.STILLPOINT_TEST_SECRET = 'secret';
    const seen = join(scene.top, 'seen');
    scene.add('env', `env | sort > ${seen}; pwd >> ${seen}; read line || echo nothing to read >> ${seen}`);
    await (await scene.run('env').around())[Symbol.asyncDispose]();
    delete process.env.STILLPOINT_TEST_SECRET;
    const lines = readFileSync(seen, 'utf8').trim().split('\n');
    expect(lines.filter((line) => !/^(PWD|OLDPWD|SHLVL|_)=/.test(line))).toEqual([
      'HOME=/',
      'LC_ALL=C.UTF-8',
      'PATH=/usr/sbin:/usr/bin:/sbin:/bin',
      'STILLPOINT_HOOK=env',
      '/',
      'nothing to read',
    ]);
  });

  it('may say something, which is kept, cut and without what a terminal would obey', async () => {
    using scene = new HookScene();
    scene.add('says', `printf 'one\\n\\033[31mtwo' ; echo three >&2`);
    scene.add('much', 'head -c 300000 /dev/zero | tr "\\\\0" x');
    await (await scene.run('says', 'much').around())[Symbol.asyncDispose]();
    expect(scene.report.notes.filter((note) => note.includes('says (freeze)'))).toHaveLength(1);
    const words = scene.report.notes.find((note) => note.startsWith('The hook says (freeze) says: ')) ?? '';
    for (const part of ['one', '[31mtwo', 'three']) expect(words).toContain(part);
    expect(words).not.toMatch(/\p{Cc}/u);
    const much = scene.report.notes.find((note) => note.startsWith('The hook much (freeze)')) ?? '';
    expect(much.length).toBe('The hook much (freeze) says: '.length + 2000);
  });

  it('that fail end it: those called are called back, the one that failed too, and no other is called', async () => {
    using scene = new HookScene();
    scene.add('10-first');
    scene.add('20-fails', '[ "$1" = thaw ] || exit 3');
    scene.add('30-never');
    const run = scene.run('10-first', '20-fails', '30-never');
    const refusal = {
      kind: 'freeze-refused',
      message: 'The hook 20-fails failed before the pause (exit code 3). Nothing was held still.',
    };
    await expect(run.around()).rejects.toMatchObject(refusal);
    const calls = ['10-first freeze', '20-fails freeze', '20-fails thaw', '10-first thaw'];
    expect(scene.calls).toEqual(calls);
    expect(readdirSync(scene.recordsFolder)).toEqual([]);
    // The next method of the same run does not try them again.
    await expect(run.around()).rejects.toMatchObject(refusal);
    expect(scene.calls).toEqual(calls);
    await expect(scene.run('20-fails').around()).rejects.toMatchObject(refusal);
    expect(scene.calls.slice(calls.length)).toEqual(['20-fails freeze', '20-fails thaw']);
  });

  it('that take too long are stopped with all they started', async () => {
    using scene = new HookScene({ limitsMs: { freeze: 300, thaw: 300 } });
    const pids = join(scene.top, 'pids');
    scene.add('slow', `[ "$1" = freeze ] || exit 0; sleep 60 & echo $! $$ > ${pids}; wait`);
    await expect(scene.run('slow').around()).rejects.toMatchObject({
      message: 'The hook slow took longer than 0.3 s before the pause and was stopped. Nothing was held still.',
    });
    expect(scene.calls).toEqual(['slow freeze', 'slow thaw']);
    const isGone = (pid: number): boolean => ['Z', undefined].includes(processInfo(pid)?.state);
    const started = readFileSync(pids, 'utf8').trim().split(' ').map(Number);
    expect(started).toHaveLength(2);
    await expect.poll(() => started.every(isGone)).toBe(true);
  });

  it('that fail or hang afterwards keep no other from being called back, and are told of', async () => {
    using scene = new HookScene({ limitsMs: { freeze: 5000, thaw: 300 } });
    scene.add('10-last');
    scene.add('20-hangs', '[ "$1" = freeze ] || sleep 60');
    scene.add('30-fails', '[ "$1" = freeze ] || kill -TERM $$');
    const run = scene.run('10-last', '20-hangs', '30-fails');
    await (await run.around())[Symbol.asyncDispose]();
    expect(scene.calls.slice(3)).toEqual(['30-fails thaw', '20-hangs thaw', '10-last thaw']);
    expect(run.calls.slice(3).map(({ ok }) => ok)).toEqual([false, false, true]);
    expect(scene.report.notes).toEqual([
      'The hook 30-fails was ended by SIGTERM after the pause. What it had paused may still be paused.',
      'The hook 20-hangs took longer than 0.3 s after the pause and was stopped. What it had paused may still be paused.',
    ]);
    expect(readdirSync(scene.recordsFolder)).toEqual([]);
  });

  it('are called back when the run is cancelled while one is called, and nobody waits for it', async () => {
    using scene = new HookScene();
    scene.add('10-ready');
    scene.add('20-slow', '[ "$1" = thaw ] || sleep 60');
    const around = scene.run('10-ready', '20-slow').around();
    const failure = expect(around).rejects.toMatchObject({ kind: 'cancelled' });
    await expect.poll(() => scene.calls.length).toBe(2);
    scene.cancel.abort();
    await failure;
    expect(scene.calls).toEqual(['10-ready freeze', '20-slow freeze', '20-slow thaw', '10-ready thaw']);
  });

  it('are called back by a run that was cancelled while it held', async () => {
    using scene = new HookScene();
    scene.add('a');
    const told = await scene.run('a').around();
    scene.cancel.abort();
    await told[Symbol.asyncDispose]();
    expect(scene.calls).toEqual(['a freeze', 'a thaw']);
    await expect(scene.run('a').around()).rejects.toMatchObject({ kind: 'cancelled' });
    expect(scene.calls).toHaveLength(2);
  });

  it('may leave something running until they are called back, and nobody waits for its output', async () => {
    using scene = new HookScene();
    const pid = join(scene.top, 'pid');
    scene.add('lock', `if [ "$1" = freeze ]; then sleep 60 & echo $! > ${pid}; else kill $(cat ${pid}); fi`);
    const startedAt = performance.now();
    const told = await scene.run('lock').around();
    expect(performance.now() - startedAt).toBeLessThan(20_000);
    const left = Number(readFileSync(pid, 'utf8'));
    expect(processInfo(left)?.state).toMatch(/[SR]/);
    await told[Symbol.asyncDispose]();
    await expect.poll(() => ['Z', undefined].includes(processInfo(left)?.state)).toBe(true);
  });

  it('are the very files that were looked at, whatever is put in their place meanwhile', async () => {
    using scene = new HookScene();
    const path = scene.add('a');
    const told = await scene.run('a').around();
    scene.add('other', 'touch /nowhere');
    renameSync(join(scene.folder, 'other'), path);
    await told[Symbol.asyncDispose]();
    expect(scene.calls).toEqual(['a freeze', 'a thaw']);
  });
});

describe.skipIf(whyNoHooks !== undefined)(whyNoHooks ?? 'what is never called', () => {
  const cases: [string, (scene: HookScene, path: string) => void, string][] = [
    ['is not there', (_, path) => rmSync(path), 'The hook a is not in FOLDER.'],
    ['others can write', (_, path) => chmodSync(path, 0o775), 'The hook a can be written by others than root.'],
    ['belongs to somebody', (_, path) => chownSync(path, 1000, 0), 'The hook a belongs to user 1000 and not to root.'],
    ['cannot be executed', (_, path) => chmodSync(path, 0o644), 'The hook a is not executable.'],
    [
      'is a link, even to a good one',
      (scene, path) => {
        renameSync(path, join(scene.top, 'good'));
        symlinkSync(join(scene.top, 'good'), path);
      },
      'The hook a is a link, and only files are called.',
    ],
    [
      'is a folder',
      (_, path) => {
        rmSync(path);
        mkdirSync(path);
      },
      'The hook a is no file.',
    ],
  ];

  it.each(cases)('%s', async (_name, spoil, words) => {
    using scene = new HookScene();
    scene.add('0-before');
    spoil(scene, scene.add('a'));
    const message = words.replace('FOLDER', scene.folder);
    expect(scene.hooks.problem(['0-before'])).toBeNull();
    expect(scene.hooks.problem(['a', '0-before'])).toBe(message);
    await expect(scene.run('a', '0-before').around()).rejects.toMatchObject({ kind: 'freeze-refused', message });
    expect(scene.calls).toEqual([]);
    const listed = scene.hooks.list().hooks.find(({ name }) => name === 'a');
    expect(listed?.problem).toBe(existsSync(join(scene.folder, 'a')) ? message : undefined);
  });

  it('is a pipe that nobody writes to', async () => {
    using scene = new HookScene();
    await runProgramOk('/usr/bin/mkfifo', [join(scene.folder, 'a')]);
    expect(scene.hooks.problem(['a'])).toBe('The hook a is no file.');
  });

  it('lies in a folder that others can change, or that is a link', () => {
    using scene = new HookScene();
    scene.add('a');
    chmodSync(scene.folder, 0o777);
    const words = `The folder ${scene.folder} can be written by others than root, so nothing in it is called.`;
    expect(scene.hooks.problem(['a'])).toBe(words);
    expect(scene.hooks.list()).toEqual({ folder: scene.folder, problem: words, hooks: [] });
    chmodSync(scene.folder, 0o755);
    chownSync(scene.folder, 1000, 1000);
    expect(scene.hooks.list().problem).toContain('belongs to user 1000 and not to root');
    chownSync(scene.folder, 0, 0);
    const folder = join(scene.top, 'link');
    symlinkSync(scene.folder, folder);
    expect(createHooks({ folder, recordsFolder: scene.recordsFolder }).problem(['a'])).toBe(
      `${folder} is a link or a file, and no folder.`,
    );
    const absent = join(scene.top, 'absent');
    expect(createHooks({ folder: absent, recordsFolder: scene.recordsFolder }).list()).toEqual({
      folder: absent,
      problem: `There is no folder ${absent} yet.`,
      hooks: [],
    });
  });

  it('has a name that leads elsewhere, whoever put it into a registration', () => {
    using scene = new HookScene();
    linkSync(scene.add('a'), join(scene.top, 'outside'));
    expect(scene.hooks.problem(['../outside'])).toBe('../outside is no name of a hook.');
  });

  it('is a copy that an editor left, and is not listed', () => {
    using scene = new HookScene();
    for (const name of ['b', 'a', 'a.bak', 'a~', '.a', 'a.dpkg-dist']) scene.add(name);
    expect(scene.hooks.list()).toEqual({
      folder: scene.folder,
      problem: '',
      hooks: [
        { name: 'a', problem: '' },
        { name: 'b', problem: '' },
      ],
    });
  });

  it('could not be written down before', async () => {
    using scene = new HookScene();
    scene.add('a');
    writeFileSync(join(scene.top, 'state'), 'a file where a folder is needed');
    await expect(scene.run('a').around()).rejects.toMatchObject({
      kind: 'freeze-refused',
      message: `It could not be written down in ${scene.recordsFolder} which hooks are called, so none was called and nothing was held still.`,
    });
    expect(scene.calls).toEqual([]);
  });
});

describe.skipIf(whyNoHooks !== undefined)(whyNoHooks ?? 'a helper that is killed', () => {
  it('while it holds: at the next start all of them are called back, once, in reverse', async () => {
    using scene = new HookScene();
    for (const name of ['a', 'b']) scene.add(name);
    const kill = await elsewhere(scene, ['a', 'b'], () => scene.calls.length === 2);
    expect(await scene.hooks.thawLeftovers(), 'it is alive').toEqual([]);
    await kill();
    const lines = await scene.hooks.thawLeftovers();
    expect(lines).toEqual([
      'A backup of Shop was cut short after the hook b had been called. It was told now that the pause is over.',
      'A backup of Shop was cut short after the hook a had been called. It was told now that the pause is over.',
    ]);
    expect(scene.calls).toEqual(['a freeze', 'b freeze', 'b thaw', 'a thaw']);
    expect(await scene.hooks.thawLeftovers()).toEqual([]);
    expect(scene.calls).toHaveLength(4);
    expect(scene.hooks.takeUntold()).toEqual(lines);
    expect(scene.hooks.takeUntold()).toEqual([]);
  });

  it('while a hook is called: that one is stopped first, and those that were not called are not', async () => {
    using scene = new HookScene();
    const late = join(scene.top, 'late');
    const pid = join(scene.top, 'pid');
    scene.add('a');
    scene.add('b', `[ "$1" = freeze ] || exit 0; echo $$ > ${pid}; sleep 30; touch ${late}`);
    scene.add('c');
    const kill = await elsewhere(
      scene,
      ['a', 'b', 'c'],
      () => existsSync(pid) && readFileSync(pid, 'utf8').endsWith('\n'),
    );
    // What was started is written down as soon as it runs.
    const [name = ''] = readdirSync(scene.recordsFolder);
    await expect.poll(() => readFileSync(join(scene.recordsFolder, name), 'utf8').match(/"pid"/g)?.length).toBe(2);
    await kill();
    const left = Number(readFileSync(pid, 'utf8'));
    expect(processInfo(left)).toBeDefined();
    expect(await scene.hooks.thawLeftovers()).toHaveLength(2);
    expect(scene.calls).toEqual(['a freeze', 'b freeze', 'b thaw', 'a thaw']);
    await expect.poll(() => ['Z', undefined].includes(processInfo(left)?.state)).toBe(true);
    await delay(50);
    expect(existsSync(late)).toBe(false);
  });

  it('and whose hook is gone: it is told at each start, once in a run, until it can be called', async () => {
    using scene = new HookScene();
    scene.add('a');
    const kill = await elsewhere(scene, ['a'], () => scene.calls.length === 1);
    await kill();
    const path = join(scene.folder, 'a');
    renameSync(path, join(scene.top, 'aside'));
    const words = `A backup of Shop was cut short after the hook a had been called. It still waits: The hook a is not in ${scene.folder}.`;
    expect(await scene.hooks.thawLeftovers()).toEqual([words]);
    expect(await scene.hooks.thawLeftovers()).toEqual([words]);
    expect(scene.hooks.takeUntold()).toEqual([words]);
    renameSync(join(scene.top, 'aside'), path);
    expect(await scene.hooks.thawLeftovers()).toHaveLength(1);
    expect(scene.calls).toEqual(['a freeze', 'a thaw']);
    expect(readdirSync(scene.recordsFolder)).toEqual([]);
  });

  it('before it wrote to the end what it was about to call: what was never called is not called back', async () => {
    using scene = new HookScene();
    scene.add('a');
    scene.add('b');
    mkdirSync(scene.recordsFolder, { recursive: true });
    const path = join(scene.recordsFolder, '1-0.hooks');
    writeFileSync(path, '{"version":1,"source":"Shop"}\n{"called":"a"}\n{"called":"b');
    writeFileSync(join(scene.recordsFolder, '2-0.hooks'), 'something else');
    expect(await scene.hooks.thawLeftovers()).toHaveLength(1);
    expect(scene.calls).toEqual(['a thaw']);
    expect(readdirSync(scene.recordsFolder)).toEqual(['2-0.hooks']);
  });
});
