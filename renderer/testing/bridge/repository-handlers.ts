import type { SnapshotId } from '../../../shared/domain/ids.ts';
import { locationText, type RepositoryLocation } from '../../../shared/domain/location.ts';
import type { PlaceProbe } from '../../../shared/domain/repository.ts';
import type { SourceView } from '../../../shared/ipc/sources.ts';
import { repositoryOf } from '../model/build.ts';
import { repositoryIdOf, runIdOf } from '../model/ids.ts';
import { day } from '../model/world.ts';
import { fail, type Handlers } from './handlers.ts';
import { planOf } from './schedule-handlers.ts';

export const repositoryHandlers: Handlers = {
  'repositories.list': (_params, { world }) => world.repositories,
  'repositories.probe': ({ location, credentials }) => {
    if (credentials?.kind === 'rest' && credentials.password === 'wrong') throw wrongServerPassword();
    return probed(location);
  },
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
  'repositories.unlock': async ({ id, password, credentials, remember }, { world, emit }) => {
    await new Promise((resolve) => setTimeout(resolve, 400));
    if (credentials?.kind === 'rest' && credentials.password === 'wrong') throw wrongServerPassword();
    if (password === 'wrong') throw wrongPassword();
    world.repositories = world.repositories.map((repository) =>
      repository.id === id
        ? { ...repository, state: 'ready', credentialsRefused: false, passwordRemembered: remember }
        : repository,
    );
    world.sources = world.sources.map((source) =>
      source.healthText.startsWith('Waiting for the password') ? unlocked(source) : source,
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
  'repositories.freeable': ({ id }, { world }) => {
    const marks = world.lanes
      .flatMap(({ snapshots }) => snapshots)
      .filter(({ repositoryId, pinned }) => repositoryId === id && !pinned);
    const bytesOf = (some: typeof marks): number => some.reduce((sum, { newBytes }) => sum + (newBytes ?? 0), 0);
    const going = world.sources
      .filter(({ policy }) => policy.repositoryId === id)
      .flatMap((source) => planOf(world, source, source.policy.keep).snapshots)
      .filter(({ keep }) => !keep)
      .map((snapshot) => snapshot.id);
    const offer = (
      kind: 'by-rules' | 'older-than-two-years' | 'older-than-one-year' | 'oldest-half',
      some: typeof marks,
    ): { kind: typeof kind; snapshotIds: SnapshotId[]; bytes: number } => ({
      kind,
      snapshotIds: some.map((mark) => mark.id),
      bytes: bytesOf(some),
    });
    const oldest = [...marks].sort((a, b) => a.time - b.time);
    return {
      offers: [
        { kind: 'unused' as const, snapshotIds: [], bytes: 210 * 1024 ** 2 },
        offer(
          'by-rules',
          marks.filter((mark) => going.includes(mark.id)),
        ),
        offer(
          'older-than-two-years',
          marks.filter(({ time }) => time < world.now - 2 * 365 * day),
        ),
        offer(
          'older-than-one-year',
          marks.filter(({ time }) => time < world.now - 365 * day),
        ),
        offer('oldest-half', oldest.slice(0, Math.floor(oldest.length / 2))),
      ],
      freeBytes: world.repositories.find((repository) => repository.id === id)?.freeBytes ?? null,
      totalBytes: world.repositories.find((repository) => repository.id === id)?.totalBytes ?? null,
    };
  },
  'repositories.reclaim': ({ snapshotIds }, { world, emit }) => {
    world.lanes = world.lanes.map((lane) => ({
      ...lane,
      snapshots: lane.snapshots.filter((mark) => !snapshotIds.includes(mark.id)),
    }));
    emit({ type: 'changed', topics: ['timeline', 'repositories'] });
    return { runId: runIdOf('reclaim') };
  },
  'repositories.eject': ({ id }, { world, emit }) => {
    world.repositories = world.repositories.map((repository) =>
      repository.id === id
        ? { ...repository, state: 'waiting', freeBytes: null, totalBytes: null, mountPoint: '' }
        : repository,
    );
    emit({ type: 'changed', topics: ['repositories'] });
    return { safeToUnplug: true, text: 'Everything is written, and the disk is unmounted.' };
  },
};

function probed(location: RepositoryLocation): PlaceProbe {
  const isThere = locationText(location).includes('stillpoint');
  const isLocal = location.kind === 'local';
  return {
    state: isThere ? 'repository' : 'new',
    repositoryId: isThere ? repositoryIdOf('Backup disk') : null,
    freeBytes: isLocal ? 410 * 1024 ** 3 : null,
    filesystem: isLocal ? 'ext4 at /media/mika/Backup' : locationText(location),
    removable: isLocal,
    explanation: '',
  };
}

function wrongServerPassword(): Error {
  return fail(
    'not-permitted',
    'The server does not accept the user name and password.',
    'Check both; they are not the password of the repository.',
    'credentials',
  );
}

function wrongPassword(): Error {
  return fail('wrong-password', 'This is not the password of this repository.', 'Try another one.', 'Password');
}

function unlocked({ safeMeanwhile: _, ...source }: SourceView): SourceView {
  return { ...source, health: 'safe', healthText: '' };
}
