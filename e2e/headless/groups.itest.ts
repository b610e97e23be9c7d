import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CommandResult, lastRecord } from '../harness/command-line.ts';
import { newPlace } from '../harness/place.ts';

interface Listed {
  readonly id: string;
  readonly name: string;
  readonly spec: { readonly kind: string; readonly members: readonly { readonly path: string }[] };
}

const source = (result: CommandResult): Listed => lastRecord(result, 'source') as unknown as Listed;

describe('several places as one source', () => {
  it('are registered, backed up in whatever order they are named, listed with all paths and put back', async () => {
    using place = newPlace();
    const data = place.folder('data', { 'a.txt': 'a', 'tmp/x': 'x' });
    const logs = place.folder('logs', { 'b.txt': 'b', 'old.log': 'old' });
    expect((await place.run('init')).code).toBe(0);
    const added = await place.run(
      ...['sources', 'add', data, logs, '--exclude', join(data, 'tmp'), '--ignore', `${logs}=*.log`],
    );
    expect(added.code, added.stderr).toBe(0);
    const { id, name, spec } = source(added);
    expect({ name, spec }).toMatchObject({
      name: 'data and logs',
      spec: {
        kind: 'group',
        members: [
          { path: data, excludes: [join(data, 'tmp')], ignoreLines: [] },
          { path: logs, excludes: [], ignoreLines: ['*.log'] },
        ],
      },
    });
    expect(source(await place.run('sources', 'list')).spec.members.map(({ path }) => path)).toEqual([data, logs]);
    const twice = await place.run('sources', 'add', logs, data);
    expect(twice.code).toBe(1);
    expect(twice.stderr + JSON.stringify(twice.records)).toContain('protected already, as data and logs');

    const backup = await place.run('backup', logs, data);
    expect([0, 3], backup.stderr).toContain(backup.code);
    const snapshot = lastRecord(await place.run('snapshots'), 'snapshot');
    expect(snapshot).toMatchObject({ sourceId: id, paths: [data, logs] });
    expect(lastRecord(await place.run('evidence', 'latest'), 'evidence')).toMatchObject({
      evidence: { sourceKind: 'group', sourceLocation: `${data}, ${logs}` },
    });

    for (const file of [join(data, 'a.txt'), join(logs, 'b.txt')]) writeFileSync(file, 'changed');
    expect((await place.run('restore', 'latest', '--in-place', '--exact')).code).toBe(0);
    expect(readFileSync(join(data, 'a.txt'), 'utf8')).toBe('a');
    expect(readFileSync(join(logs, 'b.txt'), 'utf8')).toBe('b');
    // What each leaves out was not in the snapshot, and is left alone.
    expect([existsSync(join(data, 'tmp/x')), existsSync(join(logs, 'old.log'))]).toEqual([true, true]);

    const set = await place.run('sources', 'set', 'data and logs', '--name', 'shop', '--ignore', `${data}=*.bak`);
    expect(source(set)).toMatchObject({
      ...{ id, name: 'shop' },
      spec: { members: [{ ignoreLines: ['*.bak'] }, { ignoreLines: ['*.log'] }] },
    });
  });

  it('need not be registered, and are refused with the place that is wrong', async () => {
    using place = newPlace();
    const data = place.folder('data', { 'a.txt': 'a', 'below/b.txt': 'b' });
    const logs = place.folder('logs', { 'b.txt': 'b' });
    await place.run('init');
    for (const order of [
      [data, logs],
      [logs, data],
    ])
      expect([0, 3]).toContain((await place.run('backup', ...order)).code);
    const snapshots = (await place.run('snapshots')).records.filter(({ type }) => type === 'snapshot');
    expect(new Set(snapshots.map(({ sourceId }) => sourceId)).size).toBe(1);
    expect(snapshots.map(({ paths }) => paths)).toEqual([
      [data, logs],
      [data, logs],
    ]);
    const nested = await place.run('backup', data, join(data, 'below'));
    expect(nested.code).toBe(2);
    expect(nested.stderr + JSON.stringify(nested.records)).toMatch(/spec\.members\.1\.path/);
    const lost = await place.run('sources', 'add', data, logs, '--exclude', 'tmp');
    expect(lost.code).toBe(2);
    expect(lost.stderr + JSON.stringify(lost.records)).toContain('could be in any of the places');
  });
});
