import { beforeEach, expect, it } from 'vitest';
import type { Repository } from '../../../shared/domain/repository.ts';
import type { Source } from '../../../shared/domain/source.ts';
import { StillpointError } from '../../../shared/errors/index.ts';
import { FakeWorld } from '../testing/fake-world.ts';
import { documentsId, photosId, repository } from '../testing/world-data.ts';
import type { HelperCalls } from './ports.ts';
import { RegistryCarrier, type RegistryNotes } from './registry-carrier.ts';

let kept: RegistryNotes | null;
let carrier: RegistryCarrier;
let user: FakeWorld;
let root: FakeWorld;
const nextStart = (): RegistryCarrier =>
  new RegistryCarrier({
    load: async () => kept,
    save: async (notes) => {
      kept = structuredClone(notes);
    },
  });

function world(sources: Source[], repositories: Repository[]): FakeWorld {
  const made = new FakeWorld();
  made.sources = sources;
  const list = repositories.map((each) => ({ ...repository, ...each }));
  made.overrides = {
    'repositories.list': () => list,
    'registry.import': (given) => {
      made.sources = [
        ...made.sources.filter(({ id }) => !given.sources.some((other) => other.id === id)),
        ...given.sources,
      ];
      list.push(...given.repositories.map((each) => ({ ...repository, ...each })));
      return { sources: given.sources.length, repositories: given.repositories.length };
    },
  };
  return made;
}

beforeEach(() => {
  kept = null;
  carrier = nextStart();
  const all = new FakeWorld().sources;
  user = world(all, [repository]);
  root = world([], []);
});

const names = (of: FakeWorld): string[] => of.sources.map(({ name }) => name).sort();
const imports = (of: FakeWorld): number => of.asked.filter((name) => name === 'registry.import').length;

it('registers with the other helper what it does not know, once', async () => {
  await carrier.bringUp(user, 'user');
  await carrier.bringUp(root, 'root');
  expect(names(root)).toEqual(['Documents', 'Photos']);
  await nextStart().bringUp(user, 'user');
  await nextStart().bringUp(root, 'root');
  expect([imports(user), imports(root)]).toEqual([0, 1]);
});

it('brings back what was added, changed and removed with more rights', async () => {
  await carrier.bringUp(user, 'user');
  await carrier.bringUp(root, 'root');
  root.sources = root.sources
    .filter(({ id }) => id !== documentsId)
    .map((source) => (source.id === photosId ? { ...source, name: 'Pictures' } : source));
  await carrier.changed(root, documentsId);
  const music = { ...user.sources[0], id: 'music-1', name: 'Music' } as Source;
  root.sources.push(music);
  await carrier.changed(root);
  await nextStart().bringUp(user, 'user');
  expect(names(user)).toEqual(['Music', 'Pictures']);
  await nextStart().bringUp(root, 'root');
  expect(names(root)).toEqual(['Music', 'Pictures']);
});

it('does not take back what was removed and added again', async () => {
  await carrier.bringUp(user, 'user');
  await carrier.bringUp(root, 'root');
  const documents = root.sources.filter(({ id }) => id === documentsId);
  root.sources = root.sources.filter(({ id }) => id !== documentsId);
  await carrier.changed(root, documentsId);
  root.sources.push(...documents);
  await carrier.changed(root);
  await nextStart().bringUp(user, 'user');
  expect(names(user)).toEqual(['Documents', 'Photos']);
});

it('leaves alone what another program registered between two starts of one kind', async () => {
  await carrier.bringUp(user, 'user');
  await carrier.changed(user);
  user.sources = user.sources.slice(0, 1);
  await nextStart().bringUp(user, 'user');
  expect(names(user)).toEqual(['Photos']);
  expect(user.asked).not.toContain('registry.import');
});

it('asks nobody in a silent start, and names what would need somebody', async () => {
  await carrier.bringUp(user, 'user');
  await carrier.changed(user);
  const asking: (boolean | undefined)[] = [];
  const strict: HelperCalls = {
    call: (name, params, options) => {
      if (name !== 'registry.import') return root.call(name, params, options);
      asking.push(options?.mayAsk);
      if (options?.mayAsk === true) return root.call(name, params, options);
      return Promise.reject(
        new StillpointError({ kind: 'authorization-refused', message: 'Nobody was asked.', guidance: '' }),
      );
    },
  };
  await expect(carrier.bringUp(strict, 'root', { mayAsk: false })).rejects.toMatchObject({
    kind: 'authorization-refused',
    message: 'Photos, Documents, Backup disk changed since, and an administrator has to agree to that first.',
  });
  expect(kept?.kind).toBe('user');
  await carrier.bringUp(strict, 'root');
  expect(asking).toEqual([false, true]);
  expect(names(root)).toEqual(['Documents', 'Photos']);
});

it('lets nobody use a helper that does not take it', async () => {
  await carrier.bringUp(user, 'user');
  root.overrides['registry.import'] = () => {
    throw new StillpointError({ kind: 'authorization-refused', message: 'No.', guidance: '' });
  };
  await carrier.changed(user);
  await expect(carrier.bringUp(root, 'root')).rejects.toMatchObject({ kind: 'authorization-refused' });
  expect(kept?.kind).toBe('user');
});
