import { describe, expect, it } from 'vitest';
import type { MemoryBackend } from '../backend/memory/memory-backend.ts';
import { sha256 } from '../crypto/hash.ts';
import { Sealer } from '../crypto/sealer.ts';
import { Documents } from '../documents.ts';
import { unlock } from '../keys/key-store.ts';
import { openRepository } from '../open.ts';
import { diskError, faulty } from '../testing/faulty.ts';
import { memoryRepository, testOptions, testPassword } from '../testing/memory-repository.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { dir, file, storeSnapshot } from '../testing/tree-literal.ts';
import type { CheckPhase, CheckReport } from './finding.ts';

const random = new SeededRandom(31);

async function sample(): Promise<MemoryBackend> {
  const { backend, repository } = await memoryRepository({ packTarget: 30_000 });
  await storeSnapshot(repository, { docs: dir({ one: file(random.bytes(40_000)), two: file(random.bytes(40_000)) }) });
  await storeSnapshot(repository, { docs: dir({ three: file(random.bytes(40_000)) }), four: file('4') });
  return backend;
}

/** Checked through a fresh opening: nothing is remembered. */
async function check(backend: MemoryBackend, readData = false): Promise<CheckReport> {
  return (await openRepository(backend, testOptions)).check({ readData });
}

const wrong = (report: CheckReport) => report.findings.filter(({ severity }) => severity !== 'info');
const codes = (report: CheckReport): string[] => [...new Set(wrong(report).map(({ code }) => code))].sort();
const keysOf = (backend: MemoryBackend, kind: string): string[] =>
  [...backend.files.keys()].filter((key) => key.startsWith(`${kind}/`));

/** The largest packs hold data, the smallest trees. */
function packsBySize(backend: MemoryBackend): string[] {
  return keysOf(backend, 'pack').sort(
    (one, other) => (backend.files.get(other)?.length ?? 0) - (backend.files.get(one)?.length ?? 0),
  );
}

describe('a check', () => {
  it('finds nothing in a healthy repository and counts what is there', async () => {
    const report = await check(await sample(), true);
    expect(report).toEqual({ findings: [], snapshots: 2, packs: 6, blobs: 8, readAllData: true });
  });

  it('names a missing pack and the files it touches', async () => {
    const backend = await sample();
    const [largest = ''] = packsBySize(backend);
    backend.files.delete(largest);
    const report = await check(backend);
    expect(codes(report)).toEqual(['pack-missing']);
    expect(wrong(report)[0]).toMatchObject({
      severity: 'error',
      file: largest.slice('pack/'.length),
      affects: [expect.stringMatching(/^[0-9a-f]{8}:\/docs\/(one|two|three)$/)],
    });
  });

  it('names a cut pack without reading it', async () => {
    const backend = await sample();
    const [largest = ''] = packsBySize(backend);
    backend.files.set(largest, backend.files.get(largest)?.subarray(0, 1000) ?? Buffer.alloc(0));
    expect(codes(await check(backend))).toEqual(['pack-length-wrong']);
  });

  it('finds a changed byte only when it reads all data, and names the file', async () => {
    const backend = await sample();
    const [largest = ''] = packsBySize(backend);
    backend.files.get(largest)?.fill(0, 100, 108);
    expect(codes(await check(backend))).toEqual([]);
    const report = await check(backend, true);
    expect(codes(report)).toEqual(['blob-damaged', 'pack-damaged']);
    const blob = wrong(report).find(({ code }) => code === 'blob-damaged');
    expect(blob?.affects).toEqual([expect.stringMatching(/:\/docs\/(one|two|three)$/)]);
  });

  it('names a folder whose listing is damaged', async () => {
    const backend = await sample();
    for (const key of packsBySize(backend).slice(-2)) backend.files.get(key)?.fill(0, 20, 24);
    const report = await check(backend);
    expect(codes(report)).toEqual(['tree-damaged']);
    expect(wrong(report)[0]?.affects[0]).toMatch(/^[0-9a-f]{8}:\//);
  });

  it('names a damaged index, what is missing because of it, and a damaged snapshot', async () => {
    const backend = await sample();
    const [index = ''] = keysOf(backend, 'index');
    backend.files.get(index)?.fill(0, 20, 24);
    expect(codes(await check(backend))).toEqual(['blob-missing', 'index-damaged']);
    const [snapshot = ''] = keysOf(backend, 'snapshot');
    backend.files.get(snapshot)?.fill(0, 20, 24);
    expect(codes(await check(backend))).toContain('snapshot-damaged');
  });

  it('finds an index that disagrees with a pack about what is in it', async () => {
    const { backend, repository } = await memoryRepository();
    await storeSnapshot(repository, {});
    await repository.locks.withLock({ mode: 'shared' }, (lock) =>
      repository.withWriter(lock, {}, (writer) => writer.saveBlob('data', random.bytes(100))),
    );
    const documents = new Documents(backend, new Sealer((await unlock(backend, testPassword)).masterKey), 2);
    for (const { name } of await documents.list('index')) {
      const text = (await documents.load('index', name)) ?? '';
      await documents.remove('index', name);
      await documents.save('index', text.replace('"type":"data"', '"type":"tree"'));
    }
    expect(codes(await check(backend))).toEqual([]);
    expect(codes(await check(backend, true))).toEqual(['pack-damaged']);
  });

  it('takes leftovers of an interrupted run for what they are', async () => {
    const backend = await sample();
    const [index = ''] = keysOf(backend, 'index');
    const [, snapshot = ''] = keysOf(backend, 'snapshot');
    backend.files.set(`pack/${'0'.repeat(64)}`, Buffer.alloc(100));
    const report = await check(backend);
    expect(report.findings.map(({ severity, code }) => [severity, code])).toEqual([['info', 'pack-unlisted']]);
    backend.files.delete(snapshot);
    expect((await check(backend)).findings.map(({ code }) => code)).toContain('blobs-unused');
    expect(index).not.toBe('');
  });

  it('does not call a repository clean whose snapshots are not listed', async () => {
    const backend = await sample();
    for (const key of keysOf(backend, 'snapshot')) backend.files.delete(key);
    const report = await check(backend);
    expect(wrong(report)).toMatchObject([{ severity: 'warning', code: 'snapshots-none' }]);
    expect(codes(await check((await memoryRepository()).backend))).toEqual([]);
  });

  it('looks at the files of all passwords, and says what only a password would tell', async () => {
    const backend = await sample();
    await (await openRepository(backend, testOptions)).keys.add('another password');
    const report = await check(backend);
    expect(report.findings.map(({ code, severity }) => [code, severity])).toEqual([['keys-unopened', 'info']]);
    const mine = (await unlock(backend, testPassword)).id;
    const other = keysOf(backend, 'key').find((key) => key !== `key/${mine}`) ?? '';
    const kept = backend.files.get(other) ?? Buffer.alloc(0);
    const short = Buffer.from(kept.toString('utf8').replace(/"data":"[^"]*"/, '"data":"AAAA"'));
    const files: readonly (readonly [string, Buffer])[] = [
      [other, kept.subarray(0, 90)],
      [other, Buffer.from(kept.toString('utf8').replace('"r":', '"R":'))],
      [`key/${sha256(short)}`, short],
      [`key/${sha256(Buffer.from('{}'))}`, Buffer.from('{}')],
    ];
    for (const [key, bytes] of files) {
      backend.files.delete(other);
      backend.files.set(key, bytes);
      const found = wrong(await check(backend));
      expect(found).toMatchObject([{ severity: 'warning', code: 'key-damaged', file: key.slice('key/'.length) }]);
      backend.files.delete(key);
    }
  });

  it('reads again what seems damaged, and tells a misread from damage', async () => {
    const backend = faulty(await sample());
    const repository = await openRepository(backend, testOptions);
    for (let round = 0; round < 2; round += 1) {
      const loads = (): number => backend.log.filter((line) => line === 'load pack').length;
      backend.log.length = 0;
      await repository.check();
      // Trees come first, and are read alone.
      backend
        .on('load', 'pack')
        .nth(loads() + 1)
        .flipsByte(60);
      const report = await repository.check({ readData: true });
      backend.heal();
      expect(wrong(report)).toMatchObject([{ severity: 'warning', code: 'pack-misread' }]);
    }
    backend.on('load', 'pack').every().flipsByte(1);
    expect(codes(await repository.check({ readData: true }))).toContain('pack-damaged');
  });

  it('never throws on damage, wherever it is', async () => {
    const whole = await sample();
    const keys = [...whole.files.keys()].filter((key) => !/^(config|key)/.test(key));
    for (let round = 0; round < 60; round += 1) {
      const { backend } = await memoryRepository();
      backend.files.clear();
      for (const [key, bytes] of whole.files) backend.files.set(key, Buffer.from(bytes));
      const key = random.pick(keys);
      const bytes = backend.files.get(key) ?? Buffer.alloc(0);
      if (round % 3 === 0) backend.files.delete(key);
      else if (round % 3 === 1) backend.files.set(key, bytes.subarray(0, random.int(bytes.length)));
      else bytes[random.int(bytes.length)] = random.int(256);
      const changed = !backend.files.get(key)?.equals(whole.files.get(key) ?? Buffer.alloc(0));
      const lostSnapshot = round % 3 === 0 && key.startsWith('snapshot/');
      const report = await check(backend, true);
      expect(wrong(report).length > 0, `${key}, round ${round}`).toBe(changed && !lostSnapshot);
    }
  });

  it('reports its progress through every phase, and stops at a cancel', async () => {
    const repository = await openRepository(await sample(), testOptions);
    const phases = new Set<CheckPhase>();
    await repository.check({ readData: true, onProgress: ({ phase }) => phases.add(phase) });
    expect([...phases]).toEqual(['snapshots', 'index', 'packs', 'trees', 'data']);
    const cancel = new AbortController();
    const cancelled = repository.check({
      readData: true,
      signal: cancel.signal,
      onProgress: ({ phase }) => phase === 'data' && cancel.abort(),
    });
    await expect(cancelled).rejects.toMatchObject({ kind: 'cancelled' });
  });

  it('does not call a disk that fails damage', async () => {
    const backend = faulty(await sample());
    const repository = await openRepository(backend, testOptions);
    backend.on('load', 'pack').every().fails(diskError());
    await expect(repository.check({ readData: true })).rejects.toMatchObject({ kind: 'io' });
  });
});
