import { repositoryOf } from '../model/build.ts';
import { repositoryIdOf, runIdOf } from '../model/ids.ts';
import { fail, type Handlers } from './handlers.ts';

export const repositoryHandlers: Handlers = {
  'repositories.list': (_params, { world }) => world.repositories,
  'repositories.probe': ({ location }) => ({
    state: location.path.includes('stillpoint') ? 'repository' : 'new',
    repositoryId: location.path.includes('stillpoint') ? repositoryIdOf('Backup disk') : null,
    freeBytes: 410 * 1024 ** 3,
    filesystem: 'ext4 at /media/mika/Backup',
    removable: true,
    explanation: '',
  }),
  'repositories.create': ({ name, location }, { world, emit }) => {
    const created = repositoryOf(name, { location });
    world.repositories = [...world.repositories, created];
    emit({ type: 'changed', topics: ['repositories'] });
    return created;
  },
  'repositories.adopt': ({ name, location, password }, { world, emit }) => {
    if (password === 'wrong') throw wrongPassword();
    const adopted = repositoryOf(name, { location });
    world.repositories = [...world.repositories, adopted];
    emit({ type: 'changed', topics: ['repositories', 'timeline'] });
    return adopted;
  },
  'repositories.unlock': async ({ id, password, remember }, { world, emit }) => {
    await new Promise((resolve) => setTimeout(resolve, 400));
    if (password === 'wrong') throw wrongPassword();
    world.repositories = world.repositories.map((repository) =>
      repository.id === id ? { ...repository, state: 'ready', passwordRemembered: remember } : repository,
    );
    world.sources = world.sources.map((source) =>
      source.healthText === 'password needed' ? { ...source, health: 'safe', healthText: '' } : source,
    );
    emit({ type: 'changed', topics: ['repositories', 'sources'] });
    return {};
  },
  'repositories.remove': ({ id }, { world, emit }) => {
    world.repositories = world.repositories.filter((repository) => repository.id !== id);
    emit({ type: 'changed', topics: ['repositories', 'timeline'] });
    return {};
  },
  'repositories.keys': () => [
    {
      id: 'a'.repeat(64),
      username: 'mika',
      hostname: 'kestrel',
      createdAt: '2025-03-02T11:00:00Z',
      current: true,
    },
    {
      id: 'b'.repeat(64),
      username: 'recovery sheet',
      hostname: 'kestrel',
      createdAt: '2025-03-02T11:02:00Z',
      current: false,
    },
  ],
  'repositories.removeKey': () => ({}),
  'repositories.changePassword': () => ({}),
  'repositories.check': () => ({ runId: runIdOf('check') }),
};

function wrongPassword(): Error {
  return fail('wrong-password', 'This is not the password of this repository.', 'Try another one.', 'Password');
}
