import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgramOk } from '../../electron/helper/system/exec.ts';
import { openLoopFilesystem, whyNoLoopFilesystem } from '../../electron/helper/system/testing/loop-filesystem.ts';
import { lastRecord, stillpoint } from '../harness/command-line.ts';
import { newPlace } from '../harness/place.ts';
import { restic } from './restic.ts';

const withoutLoop = whyNoLoopFilesystem('ext4');

describe('what goes wrong is said in words, and nothing is lost', () => {
  it('wrong usage: names the option and what to do, exit code 2', async () => {
    using place = newPlace();
    const cases: readonly (readonly [readonly string[], string])[] = [
      [['snapshots', '--repo', place.repo], '--password-file'],
      [['restore', 'latest', '--repo', place.repo, '--password-file', place.passwordFile], '--to'],
      [
        ['backup', place.path, '--longest-stall', 'x', '--repo', place.repo, '--password-file', place.passwordFile],
        '--longest-stall',
      ],
    ];
    const nowhere = await place.bare('snapshots');
    expect({ code: nowhere.code, field: nowhere.records.at(-1)?.field }).toEqual({ code: 2, field: '--repo' });
    await place.run('init');
    for (const [args, field] of cases) {
      const { code, records } = await place.bare(...args);
      expect({ code, field: records.at(-1)?.field }).toEqual({ code: 2, field });
    }
    expect((await place.bare('backup')).code).toBe(2);
    expect((await place.bare('nonsense')).code).toBe(2);
  });

  it('wrong password', async () => {
    using place = newPlace();
    await place.run('init');
    const other = join(place.path, 'other');
    writeFileSync(other, 'wrong\n');
    const { code, records } = await place.bare('snapshots', '--repo', place.repo, '--password-file', other);
    expect(code).toBe(1);
    expect(records.at(-1)).toMatchObject({ type: 'error', kind: 'wrong-password' });
  });

  it('repository not there: waits for it and creates nothing', async () => {
    using place = newPlace();
    const source = place.folder('papers', { 'a.txt': 'one' });
    await place.run('init');
    await place.run('sources', 'add', source);
    const hidden = `${place.repo}-unplugged`;
    await runProgramOk('/usr/bin/mv', [place.repo, hidden]);
    mkdirSync(place.repo);
    const { code, records } = await place.run('backup', 'papers');
    expect(code).toBe(1);
    expect(records.at(-1)).toMatchObject({ type: 'error', kind: 'repository-absent', retryable: true });
    expect(readdirSync(place.repo)).toEqual([]);
    rmSync(place.repo, { recursive: true });
    await runProgramOk('/usr/bin/mv', [hidden, place.repo]);
    expect((await place.run('backup', 'papers')).code).toBe(0);
  });

  it('another repository at its place: nothing is written there', async () => {
    using place = newPlace();
    const source = place.folder('papers', { 'a.txt': 'one' });
    await place.run('init');
    await place.run('sources', 'add', source);
    await runProgramOk('/usr/bin/mv', [place.repo, `${place.repo}-mine`]);
    using stranger = newPlace(place.repo);
    await stranger.run('init');
    const before = readdirSync(join(place.repo, 'snapshots'));
    const { code, records } = await place.run('backup', 'papers');
    expect(code).toBe(1);
    expect(records.at(-1)).toMatchObject({ kind: 'repository-absent' });
    expect(readdirSync(join(place.repo, 'snapshots'))).toEqual(before);
  });

  it('a place that holds other files is not made a repository', async () => {
    using place = newPlace();
    mkdirSync(place.repo);
    writeFileSync(join(place.repo, 'thesis.odt'), 'x');
    const { code, records } = await place.run('init');
    expect(code).toBe(1);
    expect(records.at(-1)).toMatchObject({ kind: 'already-exists' });
    expect(readdirSync(place.repo)).toEqual(['thesis.odt']);
  });

  it('a source that is gone, and one that is no folder', async () => {
    using place = newPlace();
    const folder = place.folder('papers', { 'a.txt': 'one' });
    await place.run('init');
    const gone = await place.run('backup', join(place.path, 'nowhere'));
    expect(gone.code).toBe(1);
    expect(gone.records.at(-1)).toMatchObject({ kind: 'source-absent' });
    const file = await place.run('backup', join(folder, 'a.txt'));
    expect(file.code).not.toBe(0);
    expect(String(file.records.at(-1)?.guidance)).not.toBe('');
  });

  it.skipIf(process.getuid?.() !== 0)(
    'an unreadable file is listed, the rest is in the snapshot, exit code 3',
    async () => {
      using place = newPlace();
      const source = place.folder('papers', { 'open.txt': 'one', 'closed.txt': 'two' });
      chmodSync(join(source, 'closed.txt'), 0o000);
      for (const path of [place.path, source, join(source, 'open.txt'), place.passwordFile])
        chownSync(path, 65534, 65534);
      const asNobody = (...args: readonly string[]) =>
        stillpoint([...args, '--repo', place.repo, '--password-file', place.passwordFile], place.environment, {
          uid: 65534,
          gid: 65534,
        });
      expect((await asNobody('init')).code).toBe(0);
      const { code, ...run } = await asNobody('backup', source);
      expect(code).toBe(3);
      const result = lastRecord({ code, ...run }, 'result');
      expect(result).toMatchObject({ outcome: 'warnings', files: 1, warningsTotal: 1 });
      expect(result.warnings).toMatchObject([{ code: 'unreadable', path: join(source, 'closed.txt') }]);
    },
  );

  it('a damaged pack: found by the check, named, and everything else still reads', async () => {
    using place = newPlace();
    const source = place.folder('papers', { 'a.bin': randomBytes(3_000_000), 'b.txt': 'two' });
    await place.run('init');
    await place.run('backup', source);
    const pack = packs(place.repo).toSorted((a, b) => statSync(b).size - statSync(a).size)[0] ?? '';
    const bytes = readFileSync(pack);
    bytes[1000] = (bytes[1000] ?? 0) ^ 1;
    chmodSync(pack, 0o600);
    writeFileSync(pack, bytes);
    expect((await place.run('check')).code).toBe(0);
    const { code, records } = await place.run('check', '--read-data');
    expect(code).toBe(1);
    const findings = records.filter(({ type }) => type === 'finding');
    expect(JSON.stringify(findings)).toContain('a.bin');
    expect(lastRecord({ code, records, stderr: '' }, 'result').summary).toContain('Damage found');
    expect((await place.run('ls', 'latest', source)).code).toBe(0);
  });

  it('two backups at once both succeed, and restic agrees', async () => {
    using place = newPlace();
    const one = place.folder('one', { 'a.bin': randomBytes(2_000_000) });
    const two = place.folder('two', { 'b.bin': randomBytes(2_000_000) });
    await place.run('init');
    const results = await Promise.all([place.run('backup', one), place.run('backup', two)]);
    expect(results.map(({ code }) => code)).toEqual([0, 0]);
    expect((await place.run('snapshots')).records.filter(({ type }) => type === 'snapshot')).toHaveLength(2);
    expect((await restic(place, 'check', '--read-data')).text).toContain('no errors were found');
  });

  it('restic at work in the same repository at the same time', async () => {
    using place = newPlace();
    const one = place.folder('one', { 'a.bin': randomBytes(20_000_000) });
    const two = place.folder('two', { 'b.bin': randomBytes(2_000_000) });
    await place.run('init');
    const [theirs, ours] = await Promise.all([restic(place, 'backup', one), place.run('backup', two)]);
    expect({ theirs: theirs.code, ours: ours.code }).toEqual({ theirs: 0, ours: 0 });
    expect((await restic(place, 'check', '--read-data')).text).toContain('no errors were found');
  });

  it.skipIf(withoutLoop !== undefined)(
    'a full repository: said so, no snapshot, and the next run goes on when there is room',
    async () => {
      await using disk = await openLoopFilesystem({ type: 'ext4', sizeMiB: 64 });
      using place = newPlace(join(disk.mountPoint, 'repo'));
      const ballast = join(disk.mountPoint, 'ballast');
      await place.run('init');
      const source = place.folder('papers', { 'a.bin': randomBytes(20_000_000) });
      writeFileSync(ballast, Buffer.alloc(44_000_000));
      const full = await place.run('backup', source);
      expect(full.code).toBe(1);
      expect(lastRecord(full, 'result')).toMatchObject({
        outcome: 'failed',
        snapshotId: null,
        error: { kind: 'repository-full' },
      });
      expect((await place.run('snapshots')).records.filter(({ type }) => type === 'snapshot')).toEqual([]);
      rmSync(ballast);
      expect((await place.run('backup', source)).code).toBe(0);
      expect((await restic(place, 'check', '--read-data')).text).toContain('no errors were found');
    },
  );

  it.skipIf(withoutLoop !== undefined)('a repository that is unmounted under way', async () => {
    const disk = await openLoopFilesystem({ type: 'ext4', sizeMiB: 300 });
    try {
      using place = newPlace(join(disk.mountPoint, 'repo'));
      await place.run('init');
      const source = place.folder('papers', { 'a.bin': randomBytes(150_000_000) });
      const running = place.run('backup', source);
      await untilSome(() => packs(place.repo).length > 0);
      await runProgramOk('/usr/bin/umount', ['--lazy', disk.mountPoint]);
      const { code, ...run } = await running;
      expect(code).toBe(1);
      const { error, snapshotId } = lastRecord({ code, ...run }, 'result');
      expect(snapshotId).toBeNull();
      expect(String((error as { message: string }).message)).not.toMatch(/unexpected|internal/i);
      expect(existsSync(join(disk.mountPoint, 'repo'))).toBe(false);
    } finally {
      await disk.close();
    }
  });

  it('files that vanish and change while they are copied', async () => {
    using place = newPlace();
    const files = Object.fromEntries(
      Array.from({ length: 3000 }, (_, index) => [`d${index % 30}/f${index}`, randomBytes(8000)]),
    );
    const source = place.folder('papers', files);
    await place.run('init');
    const running = place.run('backup', source);
    for (let index = 0; index < 3000; index += 3) {
      rmSync(join(source, `d${index % 30}/f${index}`), { force: true });
      if (index % 99 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const { code, ...run } = await running;
    const result = lastRecord({ code, ...run }, 'result');
    expect([0, 3]).toContain(code);
    expect(result.snapshotId).not.toBeNull();
    expect((await restic(place, 'check', '--read-data')).text).toContain('no errors were found');
  });
});

function packs(repo: string): string[] {
  const data = join(repo, 'data');
  if (!existsSync(data)) return [];
  return readdirSync(data, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /^[0-9a-f]{64}$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

async function untilSome(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 3000; tries++) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('nothing happened');
}
