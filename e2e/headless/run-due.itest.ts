import { spawn } from 'node:child_process';
import { appendFileSync, chmodSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CommandResult, lastRecord } from '../harness/command-line.ts';
import { newPlace, type Place } from '../harness/place.ts';
import { root } from '../harness/tree.ts';
import { restic } from './restic.ts';

const state = (place: Place, ...parts: readonly string[]): string =>
  join(place.environment.XDG_STATE_HOME ?? '', 'stillpoint', ...parts);
const look = (result: CommandResult) => lastRecord(result, 'look');

/** A source that is backed up every hour; its first run is due at once. */
async function protectedPlace(...options: readonly string[]): Promise<Place> {
  const place = newPlace();
  const source = place.folder('papers', { 'a.txt': 'one' });
  expect((await place.run('init')).code).toBe(0);
  expect(
    (await place.run('sources', 'add', source, '--every', '1h', '--on-battery', 'as-usual', ...options)).code,
  ).toBe(0);
  return place;
}

describe('run-due', () => {
  it('backs up what is due, once, and keeps the history that the app keeps', async () => {
    using place = await protectedPlace();
    const first = await place.run('run-due');
    expect({ code: first.code, look: look(first) }).toMatchObject({ code: 0, look: { kind: 'ran', late: false } });
    const again = await place.run('run-due');
    expect({ code: again.code, look: look(again) }).toMatchObject({ code: 0, look: { kind: 'idle' } });
    const { runId } = look(first).result as { runId: string };
    const log = readFileSync(state(place, 'runs', `${runId}.jsonl`), 'utf8')
      .trim()
      .split('\n');
    const events = log.filter(Boolean).map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events[0]).toMatchObject({ type: 'run-started', trigger: 'schedule', kind: 'backup' });
    expect(events.at(-1)).toMatchObject({ type: 'run-finished', result: { outcome: 'done' } });
    const shown = lastRecord(await place.bare('schedule'), 'source-schedule');
    expect(shown).toMatchObject({
      sourceName: 'papers',
      runs: [{ runId, outcome: 'done', by: 'command-line' }],
      missed: [],
    });
    expect((await restic(place, 'check', '--read-data')).text).toContain('no errors were found');
  });

  it('never asks: without the password it holds back and says so, exit code 3', async () => {
    using place = await protectedPlace();
    const held = await place.bare('run-due');
    expect(held.code).toBe(3);
    expect(look(held)).toMatchObject({
      kind: 'held-back',
      because: 'repository-locked',
      text: expect.stringContaining('password'),
    });
    expect((await place.run('run-due')).code).toBe(0);
  });

  it('says that a password is wrong, holds back, and writes nothing', async () => {
    using place = await protectedPlace();
    const wrong = join(place.path, 'wrong');
    writeFileSync(wrong, 'battery staple\n');
    const held = await place.bare('run-due', '--password-file', wrong);
    expect(held.code).toBe(3);
    expect(held.records).toMatchObject([{ type: 'error', kind: 'wrong-password' }, { kind: 'held-back' }]);
  });

  it('waits for a disk that is away, and backs up when it is there', async () => {
    using place = await protectedPlace();
    renameSync(place.repo, `${place.repo}-unplugged`);
    const held = await place.run('run-due');
    expect({ code: held.code, look: look(held) }).toMatchObject({ code: 3, look: { because: 'repository-absent' } });
    renameSync(`${place.repo}-unplugged`, place.repo);
    expect(look(await place.run('run-due'))).toMatchObject({ kind: 'ran' });
  });

  it('takes a password for each of several repositories', async () => {
    using place = await protectedPlace('--name', 'first');
    using second = newPlace();
    const password = join(place.path, 'second password');
    writeFileSync(password, 'another = one\n');
    const other = place.folder('photos', { 'b.txt': 'two' });
    const at = ['--repo', second.repo, '--password-file', password];
    const made = lastRecord(await place.bare('init', '--name', 'Second', ...at), 'repository');
    expect((await place.bare('sources', 'add', other, '--every', '1h', ...at)).code).toBe(0);
    const both = ['--password-file', place.passwordFile, '--password-file', `Second=${password}`];
    const run = await place.bare('run-due', ...both);
    expect(run.records.filter(({ type }) => type === 'look')).toMatchObject([{ kind: 'ran' }, { kind: 'ran' }]);
    const byId = `${String(made.id).slice(0, 8)}=${password}`;
    expect((await place.bare('snapshots', '--repo', 'Second', '--password-file', byId)).code).toBe(0);
  });

  it('is paused and resumed, for everybody', async () => {
    using place = await protectedPlace();
    expect((await place.bare('schedule', 'pause', '--for', '2h')).code).toBe(0);
    expect(look(await place.run('run-due'))).toMatchObject({ kind: 'held-back', because: 'paused' });
    expect(lastRecord(await place.bare('schedule', 'show'), 'schedule').pausedUntil).toBeGreaterThan(Date.now());
    expect((await place.bare('schedule', 'resume')).code).toBe(0);
    expect(look(await place.run('run-due'))).toMatchObject({ kind: 'ran' });
  });

  it('says that a backup failed, exit code 1, and tries again later', async () => {
    using place = await protectedPlace();
    renameSync(join(place.path, 'papers'), join(place.path, 'moved'));
    const failed = await place.run('run-due');
    expect({ code: failed.code, look: look(failed) }).toMatchObject({
      code: 1,
      look: { kind: 'ran', result: { outcome: 'failed', error: { kind: 'source-absent' } } },
    });
    expect(look(await place.run('run-due'))).toMatchObject({ kind: 'held-back', because: 'backing-off' });
  });

  it('makes one backup however many look at once', async () => {
    using place = await protectedPlace();
    const looks = await Promise.all(Array.from({ length: 4 }, () => place.run('run-due')));
    const kinds = looks.map((result) => String(look(result).kind)).sort();
    expect(kinds.filter((kind) => kind === 'ran')).toHaveLength(1);
    expect(kinds.every((kind) => ['ran', 'busy', 'idle'].includes(kind))).toBe(true);
    expect((await place.run('snapshots')).records.filter(({ type }) => type === 'snapshot')).toHaveLength(1);
    expect(readdirSync(state(place, 'runs'))).toHaveLength(1);
  });

  it('counts a backup that a person asked for', async () => {
    using place = await protectedPlace();
    expect((await place.run('backup', 'papers')).code).toBe(0);
    expect(look(await place.run('run-due'))).toMatchObject({ kind: 'idle' });
    const { runs } = lastRecord(await place.bare('schedule'), 'source-schedule');
    expect(runs).toMatchObject([{ trigger: 'person', outcome: 'done' }]);
  });

  it('tells of a damaged history and of a damaged pause in words, and backs up all the same', async () => {
    using place = await protectedPlace();
    await place.run('run-due');
    const { id } = lastRecord(await place.bare('sources'), 'source');
    appendFileSync(state(place, 'schedule', `${String(id)}.jsonl`), '{"type":"ended","ru');
    const damaged = await place.run('run-due');
    expect(damaged.code).toBe(0);
    expect(lastRecord(damaged, 'damaged-history')).toMatchObject({
      sourceId: id,
      text: expect.stringContaining('papers'),
    });
    writeFileSync(state(place, 'schedule', 'pause.json'), '{');
    const shown = await place.bare('schedule');
    expect(lastRecord(shown, 'source-schedule')).toMatchObject({ damagedLines: 1 });
    const { message } = lastRecord(shown, 'problem');
    expect(message).toMatch(/pause\.json is damaged/);
    expect(message).not.toMatch(/unexpected/i);
  });

  it('deletes what the keep rules no longer keep, after each backup and when asked', async () => {
    using place = await protectedPlace('--keep-last', '2');
    for (let count = 0; count < 4; count++) await place.run('backup', 'papers');
    const kept = (await place.run('snapshots')).records.filter(({ type }) => type === 'snapshot');
    expect(kept).toHaveLength(2);
    expect((await place.bare('sources', 'set', 'papers', '--keep-last', '1')).code).toBe(0);
    const plan = lastRecord(await place.run('forget', 'papers', '--dry-run'), 'keep-plan');
    expect(plan).toMatchObject({ keeping: 1, going: 1, dryRun: true });
    expect((await place.run('forget', 'papers')).code).toBe(0);
    expect((await place.run('snapshots')).records.filter(({ type }) => type === 'snapshot')).toHaveLength(1);
    expect((await restic(place, 'check', '--read-data')).text).toContain('no errors were found');
  });

  it('tells a failure to somebody who is away, once, without names of files', async () => {
    using place = await protectedPlace();
    const heard: string[] = [];
    await using server = await listen((text) => heard.push(text));
    const alerts = join(place.path, 'alerts.json');
    const channel = { kind: 'webhook', id: 'hook', enabled: true, name: 'hook' };
    writeFileSync(alerts, JSON.stringify([{ channel, secret: server.url }]), { mode: 0o644 });
    const refused = await place.run('run-due', '--alerts', alerts);
    expect({ code: refused.code, field: refused.records.at(-1)?.field }).toEqual({ code: 2, field: '--alerts' });
    chmodSync(alerts, 0o600);
    const [papers, moved] = [join(place.path, 'papers'), join(place.path, 'moved')];
    renameSync(papers, moved);
    await place.run('run-due', '--alerts', alerts);
    await place.run('run-due', '--alerts', alerts);
    expect(heard).toHaveLength(1);
    expect(heard[0]).toContain('failed');
    expect(heard[0]).not.toContain(papers);
    renameSync(moved, papers);
    expect((await place.run('backup', 'papers')).code).toBe(0);
    for (let count = 0; count < 2; count++) await place.run('run-due', '--alerts', alerts);
    expect(heard.map((text) => JSON.parse(text).event)).toEqual(['failed', 'recovered']);
  });

  it('gives a watchdog no sign of life while one of several sources fails', async () => {
    using place = await protectedPlace();
    const photos = place.folder('photos', { 'b.txt': 'two' });
    expect((await place.run('sources', 'add', photos, '--every', '1h', '--on-battery', 'as-usual')).code).toBe(0);
    const pinged: string[] = [];
    await using server = await listen((_, path) => pinged.push(path));
    const alerts = join(place.path, 'alerts.json');
    const channel = { kind: 'healthchecks', id: 'check', enabled: true, name: 'check' };
    writeFileSync(alerts, JSON.stringify([{ channel, secret: `${server.url}ping` }]), { mode: 0o600 });
    renameSync(photos, join(place.path, 'moved'));
    expect((await place.run('run-due', '--alerts', alerts)).code).toBe(1);
    expect((await place.run('run-due', '--alerts', alerts)).code).toBe(3);
    expect(pinged).toEqual(['/ping/fail']);
    renameSync(join(place.path, 'moved'), photos);
    expect((await place.run('backup', 'photos')).code).toBe(0);
    expect((await place.run('run-due', '--alerts', alerts)).code).toBe(0);
    expect(pinged).toEqual(['/ping/fail', '/ping']);
  });

  it('goes on until it is interrupted, and cancels nothing that is not under way', async () => {
    using place = await protectedPlace();
    const { environment, passwordFile } = place;
    const args = [join(root, 'out/helper/cli.js'), '--json', 'run-due', '--watch', '--password-file', passwordFile];
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...environment },
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    let said = '';
    await new Promise<void>((resolve) =>
      child.stdout.on('data', (text: Buffer) => {
        said += text.toString();
        if (said.includes('"kind":"ran"')) resolve();
      }),
    );
    expect(look(await place.run('run-due'))).toMatchObject({ kind: 'idle' });
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });
});

async function listen(
  onBody: (text: string, path: string) => void,
): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => {
      body += piece.toString();
    });
    request.on('end', () => {
      onBody(body, request.url ?? '');
      response.end('heard');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}/`,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
