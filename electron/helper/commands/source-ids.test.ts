import { describe, expect, it } from 'vitest';
import { repositoryIdSchema } from '../../../shared/domain/ids.ts';
import { defaultPolicy } from '../../../shared/domain/policy.ts';
import { filesystemSpec } from '../../../shared/domain/source.ts';
import { sourceIdFor } from './source-ids.ts';

const spec = filesystemSpec;
const repositoryId = repositoryIdSchema.parse('a'.repeat(64));
const idOf = (path: string, uid = 1000, hostname = 'desk'): string =>
  sourceIdFor({ hostname, uid, spec: spec(path), repositoryId }, []);

describe('source ids', () => {
  it('stay the same for the same place and differ for any other', () => {
    expect(idOf('/home/anna/Documents')).toBe(idOf('/home/anna/Documents'));
    const others = [
      idOf('/home/anna/Documents', 1001),
      idOf('/home/anna/Documents', 1000, 'lap'),
      idOf('/home/ben/Documents'),
    ];
    expect(new Set([idOf('/home/anna/Documents'), ...others]).size).toBe(4);
  });

  it('are readable and fit a tag, whatever the name', () => {
    expect(idOf('/home/anna/Documents')).toMatch(/^documents-[0-9a-f]{10}$/);
    for (const path of ['/', '/写真', '/a,b c', `/${'x'.repeat(300)}`])
      expect(idOf(path)).toMatch(/^[a-z0-9][a-z0-9-]{0,63}$/);
  });

  it('of several places are the same in whatever order they are named, and are not those of one of them', () => {
    const group = (...paths: string[]): string =>
      sourceIdFor(
        {
          hostname: 'desk',
          uid: 1000,
          spec: { kind: 'group', members: paths.map((path) => spec(path)) },
          repositoryId,
        },
        [],
      );
    expect(group('/srv/logs', '/srv/data')).toBe(group('/srv/data', '/srv/logs'));
    expect(group('/srv/data', '/srv/logs')).toMatch(/^data-logs-[0-9a-f]{10}$/);
    const others = [group('/srv/data', '/srv/log'), group('/srv/data, /srv/logs', '/x'), idOf('/srv/data, /srv/logs')];
    expect(new Set([group('/srv/data', '/srv/logs'), ...others]).size).toBe(4);
    expect(group(...Array.from({ length: 8 }, (_, n) => `/${'x'.repeat(90)}${n}`))).toMatch(
      /^[a-z0-9][a-z0-9-]{0,63}$/,
    );
  });

  it('do not take over an id that is in use', () => {
    const place = { hostname: 'desk', uid: 1, spec: spec('/a'), repositoryId };
    const id = sourceIdFor(place, []);
    const policy = defaultPolicy(repositoryId, 'per-file');
    const moved = { id, name: 'a', spec: spec('/b'), policy, ownerUid: 1 };
    const next = sourceIdFor(place, [moved]);
    expect(next).not.toBe(id);
    expect(sourceIdFor(place, [moved])).toBe(next);
  });
});
