import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { repositoryIdSchema, sourceIdSchema } from '../../../shared/domain/ids.ts';
import { keepEverything, keepsEverything } from '../../../shared/domain/keep/rules.ts';
import { defaultPolicy } from '../../../shared/domain/policy.ts';
import type { Source } from '../../../shared/domain/source.ts';
import { authorityFor } from './authority.ts';
import { callerOf } from './caller.ts';
import { openRegistry, type Registry, sourceById } from './registry.ts';

const repositoryId = repositoryIdSchema.parse('a'.repeat(64));

function source(id: string, ownerUid: number): Source {
  return {
    id: sourceIdSchema.parse(id),
    name: id,
    spec: { kind: 'filesystem', path: '/srv', excludes: [], excludePresets: [], ignoreLines: [] },
    policy: defaultPolicy(repositoryId, 'per-file'),
    ownerUid,
  };
}

describe('who the helper works for', () => {
  const groupOf = (uid: number): number | null => (uid === 1000 ? 100 : null);

  it('is its own user when started directly', () => {
    expect(callerOf({ uid: 0, gid: 0 }, {}, groupOf)).toEqual({ uid: 0, gid: 0, elevatedFor: false });
    expect(callerOf({ uid: 1000, gid: 100 }, {}, groupOf)).toEqual({ uid: 1000, gid: 100, elevatedFor: false });
  });

  it('is whoever asked pkexec when it runs as root for somebody', () => {
    expect(callerOf({ uid: 0, gid: 0 }, { PKEXEC_UID: '1000' }, groupOf)).toEqual({
      uid: 1000,
      gid: 100,
      elevatedFor: true,
    });
  });

  it('cannot be talked into more by a user who sets the variable', () => {
    for (const value of ['0', '1000', '1001', ''])
      expect(() => callerOf({ uid: 1000, gid: 100 }, { PKEXEC_UID: value }, groupOf)).toThrow(/another user/);
    for (const value of ['', '-1', '1000; id', '99999999999', '4242']) {
      expect(() => callerOf({ uid: 0, gid: 0 }, { PKEXEC_UID: value }, groupOf)).toThrow();
    }
  });
});

describe('rights', () => {
  it('asks an administrator for registering only where the helper has more rights than its caller', async () => {
    const asked: string[] = [];
    const asking = { signal: new AbortController().signal, mayAsk: true };
    const ask = async (action: string): Promise<'refused'> => {
      asked.push(action);
      return 'refused';
    };
    await authorityFor({ uid: 1000, gid: 100, elevatedFor: false }, ask).require('register', 'sources.add', asking);
    const elevated = authorityFor({ uid: 1000, gid: 100, elevatedFor: true }, ask);
    await elevated.require('registered', 'backup.run', asking);
    expect(asked).toEqual([]);
    await expect(elevated.require('register', 'sources.add', asking)).rejects.toMatchObject({
      kind: 'authorization-refused',
    });
    expect(asked).toEqual(['dev.stillpoint.register']);
    await expect(elevated.require('schedule', 'schedule.allowStillPoints', asking)).rejects.toThrow(
      /let scheduled runs/,
    );
    expect(asked).toEqual(['dev.stillpoint.register', 'dev.stillpoint.schedule']);
  });
});

describe('a request that nobody is to be asked for', () => {
  it('is told so, and refused in other words than a no', async () => {
    const seen: boolean[] = [];
    const authority = authorityFor({ uid: 1000, gid: 100, elevatedFor: true }, async (_action, { mayAsk }) => {
      seen.push(mayAsk);
      return 'not-asked';
    });
    const asking = { signal: new AbortController().signal, mayAsk: false };
    await expect(authority.require('register', 'registry.import', asking)).rejects.toMatchObject({
      kind: 'authorization-refused',
      message: 'An administrator has to agree to change what Stillpoint protects, and nobody was asked.',
    });
    expect(seen).toEqual([false]);
  });
});

describe('registry', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'stillpoint-registry-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('keeps what was put, private to its owner, and shows a caller only its own', () => {
    const path = join(folder, 'state', 'registry.json');
    const registry = openRegistry(path);
    registry.putSource(source('documents-1', 1000));
    registry.putSource(source('secrets-2', 1001));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const again = openRegistry(path);
    expect(again.sources(1000).map(({ id }) => id)).toEqual(['documents-1']);
    expect(() => sourceById(again, 1000, sourceIdSchema.parse('secrets-2'))).toThrow(/no source/);
    again.removeSource(sourceIdSchema.parse('documents-1'));
    expect(openRegistry(path).sources(1000)).toEqual([]);
  });

  it('loses nothing of what the other of two helpers registered meanwhile', () => {
    const path = join(folder, 'registry.json');
    const [window, commandLine] = [openRegistry(path), openRegistry(path)];
    expect(window.sources(1000)).toEqual([]);
    commandLine.putSource(source('documents-1', 1000));
    window.putSource(source('photos-2', 1000));
    const ids = (registry: Registry): string[] => registry.sources(1000).map(({ id }) => id);
    expect(ids(commandLine)).toEqual(['documents-1', 'photos-2']);
    expect(ids(window)).toEqual(ids(commandLine));
    expect(ids(openRegistry(path))).toEqual(ids(window));
  });

  it('is not written where nothing changes, so that what is registered can be used on a disk that cannot be', () => {
    const path = join(folder, 'registry.json');
    const registry = openRegistry(path);
    registry.putSource(source('documents-1', 1000));
    registry.putSource(source('photos-2', 1000));
    const { ino } = statSync(path);
    registry.putSource(source('documents-1', 1000));
    registry.removeSource(sourceIdSchema.parse('nothing-3'));
    expect(statSync(path).ino).toBe(ino);
    registry.putSource({ ...source('documents-1', 1000), name: 'Letters' });
    expect(openRegistry(path).sources(1000)).toMatchObject([{ name: 'Letters' }, { id: 'photos-2' }]);
  });

  it('says what is the matter when the file cannot be kept', () => {
    const path = join(folder, 'registry.json');
    mkdirSync(`${path}.new`);
    const registry = openRegistry(path);
    expect(() => registry.putSource(source('documents-1', 1000))).toThrow(
      expect.objectContaining({ kind: 'io', message: expect.stringMatching(/cannot be written \(E[A-Z]+\)/) }),
    );
  });

  it('keeps everything of a source that was registered before there were keep rules', () => {
    const path = join(folder, 'registry.json');
    const { policy, ...older } = source('documents-1', 1000);
    const { repositoryId, requiredLevel, longestStallMs } = policy;
    const before = { ...older, policy: { repositoryId, requiredLevel, longestStallMs } };
    writeFileSync(path, JSON.stringify({ version: 1, sources: [before], repositories: [] }));
    const [read] = openRegistry(path).sources(1000);
    expect(read?.policy).toEqual({ ...policy, keep: keepEverything });
    expect(keepsEverything(policy.keep)).toBe(false);
  });

  it('refuses a damaged file and leaves it as it is', () => {
    const path = join(folder, 'registry.json');
    writeFileSync(path, '{"version":1,"sources":[{}]}');
    const registry = openRegistry(path);
    expect(() => registry.sources(1000)).toThrow(/cannot be read/);
    expect(() => registry.putSource(source('documents-1', 1000))).toThrow(/cannot be read/);
    expect(readFileSync(path, 'utf8')).toBe('{"version":1,"sources":[{}]}');
  });
});
