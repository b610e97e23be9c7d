import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lastRecord } from '../harness/command-line.ts';
import { newPlace } from '../harness/place.ts';

describe('putting back without a window', () => {
  it('puts back in place, keeps everything else, and takes it back, undo included', async () => {
    using place = newPlace();
    const source = place.folder('papers', { 'a.txt': 'one', 'deep/b.txt': 'two', 'same.txt': 'same' });
    await place.run('init');
    expect((await place.run('backup', source)).code).toBe(0);
    writeFileSync(join(source, 'a.txt'), 'newer');
    rmSync(join(source, 'deep'), { recursive: true });
    writeFileSync(join(source, 'added.txt'), 'added');

    const dry = await place.run('restore', 'latest', '--in-place', '--dry-run');
    expect(lastRecord(dry, 'plan').counts).toMatchObject({ replace: 1, add: 2, delete: 0 });
    expect(readFileSync(join(source, 'a.txt'), 'utf8')).toBe('newer');

    const restored = await place.run('restore', 'latest', '--in-place');
    expect(restored.code).toBe(0);
    const result = lastRecord(restored, 'result');
    expect(result.snapshotId).not.toBeNull();
    expect(contents(source)).toEqual({ 'a.txt': 'one', 'deep/b.txt': 'two', 'same.txt': 'same', 'added.txt': 'added' });

    writeFileSync(join(source, 'deep/b.txt'), 'changed since');
    const undone = await place.run('undo', String(result.runId).slice(0, 8));
    expect([0, 3]).toContain(undone.code);
    expect(contents(source)).toEqual({
      'a.txt': 'newer',
      'deep/b.txt': 'changed since',
      'same.txt': 'same',
      'added.txt': 'added',
    });

    const again = await place.run('undo', String(lastRecord(undone, 'result').runId).slice(0, 8));
    expect([0, 3]).toContain(again.code);
    expect(readFileSync(join(source, 'a.txt'), 'utf8')).toBe('one');
  });

  it('deletes only on request, and then what the plan listed', async () => {
    using place = newPlace();
    const source = place.folder('papers', { 'a.txt': 'one' });
    await place.run('init');
    await place.run('backup', source);
    writeFileSync(join(source, 'later.txt'), 'later');
    expect((await place.run('restore', 'latest', '--in-place')).code).toBe(0);
    expect(existsSync(join(source, 'later.txt'))).toBe(true);
    const exact = await place.run('restore', 'latest', '--in-place', '--exact');
    expect(lastRecord(exact, 'plan').counts).toMatchObject({ delete: 1 });
    expect(contents(source)).toEqual({ 'a.txt': 'one' });
    const undone = await place.run('undo', String(lastRecord(exact, 'result').runId).slice(0, 8));
    expect(undone.code).toBe(0);
    expect(contents(source)).toEqual({ 'a.txt': 'one', 'later.txt': 'later' });
  });

  it('writes a choice below another folder and touches nothing else', async () => {
    using place = newPlace();
    const source = place.folder('papers', { 'a.txt': 'one', 'deep/b.txt': 'two' });
    await place.run('init');
    await place.run('backup', source);
    const target = join(place.path, 'elsewhere');
    expect((await place.run('restore', 'latest', join(source, 'deep'), '--to', target)).code).toBe(0);
    expect(contents(target)).toEqual({ 'deep/b.txt': 'two' });
    expect(contents(source)).toEqual({ 'a.txt': 'one', 'deep/b.txt': 'two' });
  });
});

function contents(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map((file) => {
      const path = join(file.parentPath, file.name);
      return [path.slice(folder.length + 1), readFileSync(path, 'utf8')];
    }),
  );
}
