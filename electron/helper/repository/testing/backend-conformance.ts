import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StillpointError } from '../../../../shared/errors/index.ts';
import { type Backend, type FileRef, listedKinds } from '../backend/contract.ts';
import { sha256 } from '../crypto/hash.ts';
import { SeededRandom } from './seeded-random.ts';

export interface BackendUnderTest {
  /** Empty and not yet prepared. */
  readonly backend: Backend;
  /** A second one on the same place, as another process has it. */
  readonly other: Backend;
  /** Whether `writtenMs` knows anything; true unless said. */
  readonly tellsTimes?: boolean;
  readonly dispose: () => Promise<void>;
}

/** What backend/contract.ts promises, executed. Every implementation runs it. */
export function backendConformance(name: string, make: () => Promise<BackendUnderTest>): void {
  describe(`${name} keeps the backend contract`, () => {
    let under: BackendUnderTest;
    let backend: Backend;
    const random = new SeededRandom(11);
    const content = (length: number): { bytes: Buffer; name: string } => {
      const bytes = random.bytes(length);
      return { bytes, name: sha256(bytes) };
    };

    beforeEach(async () => {
      under = await make();
      backend = under.backend;
      await backend.prepare();
    });
    // Where it could not be made, that is what failed.
    afterEach(() => (under as BackendUnderTest | undefined)?.dispose());

    it.each(listedKinds)('gives back every byte of a %s, whole and in ranges', async (kind) => {
      const { bytes, name } = content(5000);
      await backend.save({ kind, name }, bytes);
      expect(await backend.stat({ kind, name })).toBe(5000);
      expect((await backend.load({ kind, name }))?.equals(bytes)).toBe(true);
      expect((await backend.load({ kind, name }, { offset: 4000, length: 1000 }))?.equals(bytes.subarray(4000))).toBe(
        true,
      );
      expect((await backend.load({ kind, name }, { offset: 7, length: 0 }))?.length).toBe(0);
      expect(await backend.list(kind)).toEqual([{ name, size: 5000 }]);
    });

    it('knows by its own clock when a file was written', async () => {
      await backend.save({ kind: 'config' }, Buffer.from('x'));
      const [first, second] = [content(10), content(10)];
      await backend.save({ kind: 'lock', name: first.name }, first.bytes);
      await backend.save({ kind: 'lock', name: second.name }, second.bytes);
      const written = await backend.writtenMs({ kind: 'lock', name: first.name });
      const writtenLater = await under.other.writtenMs({ kind: 'lock', name: second.name });
      if (under.tellsTimes === false) expect([written, writtenLater]).toEqual([null, null]);
      else expect(writtenLater).toBeGreaterThanOrEqual(written ?? Infinity);
      expect(await backend.writtenMs({ kind: 'lock', name: 'f'.repeat(64) })).toBeUndefined();
    });

    it('holds an empty file and one of many megabytes', async () => {
      for (const length of [0, 20 * 1024 * 1024]) {
        const bytes = Buffer.alloc(length, 7);
        const file: FileRef = { kind: 'pack', name: sha256(bytes) };
        await backend.save(file, bytes);
        expect((await backend.load(file))?.equals(bytes)).toBe(true);
      }
    });

    it('keeps its bytes when the caller reuses the buffer, and gives bytes that are the caller’s', async () => {
      const { bytes, name } = content(100);
      await backend.save({ kind: 'pack', name }, bytes);
      bytes.fill(0);
      const loaded = await backend.load({ kind: 'pack', name });
      expect(loaded && sha256(loaded)).toBe(name);
      loaded?.fill(0);
      expect(sha256((await backend.load({ kind: 'pack', name })) ?? Buffer.alloc(0))).toBe(name);
    });

    it('keeps kinds apart', async () => {
      const { bytes, name } = content(10);
      await backend.save({ kind: 'config' }, Buffer.from('x'));
      await backend.save({ kind: 'snapshot', name }, bytes);
      expect(await backend.load({ kind: 'index', name })).toBeUndefined();
      expect(await backend.list('index')).toEqual([]);
    });

    it('lists many files once each', async () => {
      const names = new Set<string>();
      for (let count = 0; count < 300; count += 1) {
        const { bytes, name } = content(8);
        names.add(name);
        await backend.save({ kind: 'pack', name }, bytes);
      }
      expect((await backend.list('pack')).map(({ name }) => name).sort()).toEqual([...names].sort());
    });

    it('says plainly that a file is not there', async () => {
      await backend.save({ kind: 'config' }, Buffer.from('x'));
      const file: FileRef = { kind: 'pack', name: 'ab'.repeat(32) };
      expect(await backend.stat(file)).toBeUndefined();
      expect(await backend.load(file)).toBeUndefined();
      expect(await backend.load(file, { offset: 0, length: 1 })).toBeUndefined();
      expect(await backend.remove(file)).toBe(false);
    });

    it('refuses a range beyond the end', async () => {
      const { bytes, name } = content(100);
      await backend.save({ kind: 'pack', name }, bytes);
      const load = backend.load({ kind: 'pack', name }, { offset: 90, length: 11 });
      await expect(load).rejects.toMatchObject({ kind: 'repository-damaged' });
    });

    it('removes for good', async () => {
      const { bytes, name } = content(10);
      await backend.save({ kind: 'config' }, Buffer.from('x'));
      await backend.save({ kind: 'lock', name }, bytes);
      expect(await backend.remove({ kind: 'lock', name })).toBe(true);
      expect(await backend.list('lock')).toEqual([]);
      expect(await backend.load({ kind: 'lock', name })).toBeUndefined();
    });

    it('never overwrites the configuration', async () => {
      await backend.save({ kind: 'config' }, Buffer.from('first'));
      await expect(backend.save({ kind: 'config' }, Buffer.from('second'))).rejects.toMatchObject({
        kind: 'repository-exists',
      });
      expect((await backend.load({ kind: 'config' }))?.toString()).toBe('first');
    });

    it('takes the same file twice without harm', async () => {
      const { bytes, name } = content(50);
      await backend.save({ kind: 'pack', name }, bytes);
      await backend.save({ kind: 'pack', name }, bytes);
      expect(await backend.list('pack')).toEqual([{ name, size: 50 }]);
    });

    it('shows another process what was saved and removed', async () => {
      const { bytes, name } = content(50);
      await backend.save({ kind: 'config' }, Buffer.from('x'));
      await backend.save({ kind: 'index', name }, bytes);
      expect((await under.other.load({ kind: 'index', name }))?.equals(bytes)).toBe(true);
      await under.other.remove({ kind: 'index', name });
      expect(await backend.list('index')).toEqual([]);
    });

    it('tells a repository from an empty place', async () => {
      expect(await backend.probe()).not.toBe('repository');
      await backend.save({ kind: 'config' }, Buffer.from('x'));
      expect(await backend.probe()).toBe('repository');
      await backend.prepare();
      expect(await backend.probe()).toBe('repository');
    });

    it('does nothing for who has given up', async () => {
      const { bytes, name } = content(50);
      await backend.save({ kind: 'config' }, Buffer.from('x'));
      const gone = new StillpointError({ kind: 'deadline-exceeded', message: 'Too late.', guidance: '' });
      const options = { signal: AbortSignal.abort(gone) };
      await expect(backend.save({ kind: 'pack', name }, bytes, options)).rejects.toBe(gone);
      await expect(backend.load({ kind: 'config' }, undefined, options)).rejects.toBe(gone);
      await expect(backend.list('pack', options)).rejects.toBe(gone);
      expect(await backend.list('pack')).toEqual([]);
    });

    it('serves many at once', async () => {
      const files = Array.from({ length: 20 }, () => content(2000));
      await Promise.all(files.map(({ bytes, name }) => backend.save({ kind: 'pack', name }, bytes)));
      const loaded = await Promise.all(files.map(({ name }) => backend.load({ kind: 'pack', name })));
      expect(loaded.map((bytes) => bytes && sha256(bytes))).toEqual(files.map(({ name }) => name));
    });
  });
}
