import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { lastRecord } from '../harness/command-line.ts';
import { newPlace } from '../harness/place.ts';
import { restic } from './restic.ts';

it('tells that a source is late although a snapshot of it is dated years ahead', async () => {
  using place = newPlace();
  const papers = place.folder('papers', { 'a.txt': 'one' });
  expect((await place.run('init')).code).toBe(0);
  const { id } = lastRecord(await place.run('sources', 'add', papers, '--every', '1h'), 'source');
  const day = 86_400_000;
  for (const [run, at] of [
    ['1', Date.now() - 9 * day],
    ['2', Date.now() + 3000 * day],
  ] as const) {
    const tags = ['stillpoint:1', `run:${run.repeat(32)}`, `source:${String(id)}`, 'level:per-file'].join(',');
    const time = new Date(at).toISOString().slice(0, 19).replace('T', ' ');
    expect((await restic(place, 'backup', '--tag', tags, '--time', time, papers)).code).toBe(0);
  }
  renameSync(papers, join(place.path, 'moved'));
  const look = lastRecord(await place.run('run-due'), 'look');
  expect(look).toMatchObject({ late: true });
  expect(look.lateSince).toBeLessThan(Date.now() - 7 * day);
});
