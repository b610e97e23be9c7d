import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { earnLevel } from '../../shared/domain/earn-level.ts';
import { evidenceSchema } from '../../shared/domain/evidence.ts';
import { lastRecord } from '../harness/command-line.ts';
import { newPlace } from '../harness/place.ts';
import { restic } from './restic.ts';

describe('the main job without a window', () => {
  it('protects, backs up, lists, compares, checks and shows its proof', async () => {
    using place = newPlace();
    const source = place.folder('papers', { 'a.txt': 'one', 'deep/b.txt': 'two', 'c c".txt': 'three' });
    expect((await place.run('init', '--name', 'Backups')).code).toBe(0);
    expect((await place.run('sources', 'add', source)).code).toBe(0);
    expect(lastRecord(await place.bare('sources', 'list'), 'source')).toMatchObject({ name: 'papers' });

    const first = await place.run('backup', 'papers');
    expect(first.code).toBe(0);
    expect(lastRecord(first, 'result')).toMatchObject({ outcome: 'done', files: 3 });
    writeFileSync(join(source, 'a.txt'), 'changed');
    rmSync(join(source, 'c c".txt'));
    expect((await place.run('backup', source)).code).toBe(0);

    const listed = await place.run('snapshots');
    const snapshots = listed.records.filter(({ type }) => type === 'snapshot');
    expect(snapshots).toHaveLength(2);
    expect(new Set(snapshots.map(({ sourceId }) => sourceId)).size).toBe(1);
    const [before, after] = snapshots.map(({ id }) => String(id));
    const diff = await place.run('diff', before ?? '', after ?? '');
    expect(diff.records.filter(({ type }) => type === 'change')).toMatchObject([
      { change: { change: 'changed', path: `${source}/a.txt` } },
      { change: { change: 'removed', path: `${source}/c c\\".txt` } },
    ]);
    const entries = (await place.run('ls', 'latest', source)).records.filter(({ type }) => type === 'entry');
    expect(entries).toMatchObject([{ entry: { name: 'deep', type: 'dir' } }, { entry: { name: 'a.txt', size: 7 } }]);

    const proof = evidenceSchema.parse(lastRecord(await place.run('evidence', 'latest'), 'evidence').evidence);
    expect(earnLevel(proof).level).toBe(proof.level);
    expect((await place.run('check', '--read-data')).code).toBe(0);
    expect((await restic(place, 'check', '--read-data')).text).toContain('no errors were found');
  });

  it('keeps the password out of everything it writes', async () => {
    using place = newPlace();
    const source = place.folder('papers', { 'a.txt': 'one' });
    await place.run('init');
    await place.run('sources', 'add', source);
    await place.run('backup', source);
    const kept = readFileSync(join(place.environment.XDG_CONFIG_HOME ?? '', 'stillpoint/registry.json'), 'utf8');
    expect(kept).not.toContain('correct horse');
  });

  it('reads, extends and checks what restic made', async () => {
    using place = newPlace();
    const source = place.folder('papers', { 'a.txt': 'one', 'b.txt': 'two' });
    expect((await restic(place, 'init')).code).toBe(0);
    expect((await restic(place, 'backup', source)).code).toBe(0);
    const listed = lastRecord(await place.run('snapshots'), 'snapshot');
    expect(listed).toMatchObject({ kind: 'foreign', level: null });
    const proof = lastRecord(await place.run('evidence', 'latest'), 'evidence');
    expect(proof.evidence).toBeNull();
    expect((await place.run('backup', source)).code).toBe(0);
    expect((await restic(place, 'check', '--read-data')).text).toContain('no errors were found');
  });
});
