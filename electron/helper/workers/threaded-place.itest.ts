import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../repository/crypto/hash.ts';
import { LocalBackend } from '../repository/index.ts';
import { backendConformance } from '../repository/testing/backend-conformance.ts';
import { ThreadedPlace } from './threaded-place.ts';

function newPlace(program?: URL) {
  const folder = mkdtempSync(join(tmpdir(), 'stillpoint-place-'));
  const root = join(folder, 'repository');
  const on = (): ThreadedPlace =>
    new ThreadedPlace(new LocalBackend(root), { root, identity: null, ...(program === undefined ? {} : { program }) });
  return { root, on, dispose: async () => rmSync(folder, { recursive: true, force: true }) };
}

backendConformance('a folder whose packs are written on threads', async () => {
  const { on, dispose } = newPlace();
  return { backend: on(), other: on(), dispose };
});

describe('a place on threads', () => {
  it('tells the digest of what is there, and that nothing is', async () => {
    const { on, dispose } = newPlace();
    const place = on();
    await place.prepare();
    await place.save({ kind: 'config' }, Buffer.from('a repository'));
    const bytes = Buffer.alloc(700_000, 'pack');
    const name = sha256(bytes);
    expect(await place.digest({ kind: 'pack', name })).toBeUndefined();
    await place.save({ kind: 'pack', name }, bytes);
    expect(await place.digest({ kind: 'pack', name })).toBe(name);
    await dispose();
  });

  it('hands on what went wrong as the place itself says it', async () => {
    const { on, dispose } = newPlace();
    const name = sha256(Buffer.alloc(1));
    await expect(on().save({ kind: 'pack', name }, Buffer.alloc(1))).rejects.toMatchObject({
      kind: 'repository-absent',
    });
    await dispose();
  });

  it('fails what was asked of a thread that ended, and asks another next time', async () => {
    const { on, dispose } = newPlace(new URL('./testing/ending-worker.ts', import.meta.url));
    const place = on();
    const file = { kind: 'pack', name: sha256(Buffer.alloc(1)) } as const;
    await expect(place.digest(file)).rejects.toMatchObject({ kind: 'internal', retryable: true });
    await expect(place.save(file, Buffer.alloc(1))).rejects.toMatchObject({ kind: 'internal', retryable: true });
    await dispose();
  });
});
