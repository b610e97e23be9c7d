import {
  chmodSync,
  chownSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunId, sourceIdSchema } from '../../../shared/domain/ids.ts';
import type { RunEvent } from '../../../shared/domain/run.ts';
import { StillpointError } from '../../../shared/errors/index.ts';
import { AlertOutbox, alertAbout } from '../../alerts/index.ts';
import { lineFile } from '../../schedule/journal/line-file.ts';
import { takeLease } from '../../schedule/lease.ts';
import { ownFolder } from '../../schedule/own-folder.ts';
import { PauseFile } from '../../schedule/pause-file.ts';
import { RunLogs } from '../../schedule/run-logs/run-logs.ts';

const stranger = 54_321;
const id = sourceIdSchema.parse('papers');
const runId = 'a'.repeat(32) as RunId;
const note: RunEvent = { type: 'note', runId, at: '2025-11-20T02:00:00Z', severity: 'info', text: 'note' };
let place: string;
let outside: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'stillpoint-own-'));
  outside = join(place, 'outside');
  mkdirSync(outside, { mode: 0o755 });
  chmodSync(outside, 0o755);
  writeFileSync(join(outside, 'shadow'), 'root:x', { mode: 0o640 });
  writeFileSync(join(outside, '.new-old'), 'mine');
  writeFileSync(join(outside, 'alert-1.json'), 'mine');
});
afterEach(() => rmSync(place, { recursive: true }));

/** Everything that can be seen of what must not change. */
const seen = (path = outside): unknown => {
  const { mode, uid, size, mtimeMs } = lstatSync(path);
  const inside = lstatSync(path).isDirectory() ? readdirSync(path).map((name) => [name, seen(join(path, name))]) : [];
  return { mode, uid, inside, ...(inside.length === 0 ? { size, mtimeMs, text: readFileSync(path, 'utf8') } : {}) };
};

const outboxIn = (folder: string): AlertOutbox =>
  new AlertOutbox({
    folder,
    adapter: { send: async () => ({ answer: '' }) },
    channels: async () => [],
    now: () => Date.now(),
    report: () => undefined,
  });
const alert = alertAbout({ event: 'failed', sourceName: 'papers', hostname: 'desk', at: 0, detail: '' });

/** All that is ever written to a folder of the schedule's. */
const writers: Readonly<Record<string, (folder: string) => Promise<unknown>>> = {
  'the folder itself': (folder) => ownFolder(folder),
  'a lease': (folder) => takeLease(folder, id, 'command-line'),
  'a journal': (folder) => lineFile(join(folder, `${id}.jsonl`)).append(['{}']),
  'the pause': (folder) => new PauseFile(folder).write('forever'),
  'the folder of run logs': (folder) => new RunLogs(folder).prepare(),
  'a run log': (folder) => new RunLogs(folder).append(runId, note),
  'an alert': (folder) => outboxIn(folder).put(alert, ['hook']),
  'sending alerts': (folder) => outboxIn(folder).flush(new AbortController().signal),
  'a channel that is gone': (folder) => outboxIn(folder).forget('hook'),
};

describe.skipIf(process.getuid?.() !== 0)('root in a folder that another user has (needs root)', () => {
  const planted: Readonly<Record<string, (home: string) => string>> = {
    'his own folder': (home) => {
      mkdirSync(join(home, 'state'), { recursive: true, mode: 0o755 });
      chownSync(join(home, 'state'), stranger, stranger);
      return join(home, 'state');
    },
    'a folder that is to be made in his': (home) => join(home, 'state/stillpoint/schedule'),
    'a link of his to a folder': (home) => {
      symlinkSync(outside, join(home, 'state'));
      lchownSync(join(home, 'state'), stranger, stranger);
      return join(home, 'state');
    },
    'a link of his further up': (home) => {
      symlinkSync(outside, join(home, 'state'));
      lchownSync(join(home, 'state'), stranger, stranger);
      return join(home, 'state/stillpoint/schedule');
    },
  };
  const cases = Object.keys(planted).flatMap((how) => Object.keys(writers).map((what) => [what, how] as const));

  it.each(cases)('writes nothing for %s: %s', async (what, how) => {
    const home = join(place, 'home');
    mkdirSync(home, { mode: 0o755 });
    const folder = planted[how]?.(home) ?? '';
    chownSync(home, stranger, stranger);
    const before = [seen(), readdirSync(home)];
    const refused: unknown = await writers[what]?.(folder).then(
      () => 'done',
      (error: unknown) => error,
    );
    expect([seen(), readdirSync(home)]).toEqual(before);
    expect(refused).toBeInstanceOf(StillpointError);
    expect(refused).toMatchObject({ kind: 'io', message: expect.stringContaining('belongs to another user (54321)') });
  });

  it.each([
    ['a lease', `${id}.lease`],
    ['a journal', `${id}.jsonl`],
    ['a run log', `${runId}.jsonl`],
  ])('follows no link that was left in a folder of ours: %s', async (what, name) => {
    const folder = join(place, 'own');
    mkdirSync(folder, { mode: 0o777 });
    symlinkSync(join(outside, 'shadow'), join(folder, name));
    const before = seen();
    await expect(writers[what]?.(folder)).rejects.toThrow();
    expect(seen()).toEqual(before);
  });

  it('writes to no file in a folder of ours that is not', async () => {
    const folder = join(place, 'own');
    mkdirSync(folder, { mode: 0o777 });
    writeFileSync(join(folder, `${id}.jsonl`), 'his');
    chownSync(join(folder, `${id}.jsonl`), stranger, stranger);
    await expect(writers['a journal']?.(folder)).rejects.toMatchObject({ message: expect.stringContaining('54321') });
    expect(readFileSync(join(folder, `${id}.jsonl`), 'utf8')).toBe('his');
  });

  it('follows links that root made, and no link in the place of the folder itself', async () => {
    mkdirSync(join(place, 'disk'));
    symlinkSync('disk', join(place, 'link'));
    const folder = join(place, 'link/stillpoint/schedule');
    await ownFolder(folder);
    expect(lstatSync(join(place, 'disk/stillpoint/schedule')).mode & 0o777).toBe(0o700);
    await expect(ownFolder(join(place, 'link'))).rejects.toMatchObject({
      message: expect.stringContaining('is a link'),
      guidance: expect.stringContaining('XDG_STATE_HOME'),
    });
  });
});
