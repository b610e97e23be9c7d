import { locationText } from '../../../../shared/domain/location.ts';
import { StillpointError } from '../../../../shared/errors/index.ts';
import type { HandlersOf } from '../handlers.ts';
import type { Services } from '../services.ts';

type Needs = Pick<
  Services,
  | 'access'
  | 'announce'
  | 'autostart'
  | 'catalog'
  | 'helper'
  | 'indexing'
  | 'passwords'
  | 'schedule'
  | 'settings'
  | 'shell'
  | 'sync'
>;

export function appHandlers(services: Needs): HandlersOf<'app' | 'settings' | 'catalog' | 'recovery'> {
  const { access, announce, autostart, catalog, helper, indexing, passwords, schedule, settings, shell, sync } =
    services;
  return {
    'app.info': async () => ({
      version: shell.version,
      hostname: shell.hostname,
      homePath: shell.homePath,
      runsAsRoot: shell.runsAsRoot,
      helper: helper.state,
      secretStore: passwords.secretStore,
    }),
    'app.requestRights': async () => {
      const state = await helper.requestRights();
      schedule.poke('settings-changed');
      return state;
    },
    'app.pickFolder': async ({ title, startAt }) => ({ path: await shell.pickFolder(title, startAt) }),
    'app.openFolder': async ({ path }) => {
      await shell.openFolder(path);
      return {};
    },
    'app.places': async () => ({ home: shell.homePath, disks: await shell.disks() }),

    'settings.get': async () => settings.current,
    'settings.set': async (patch) => {
      // What the desktop does not take is not kept either.
      if (patch.startAtLogin !== undefined) await autostart.choose(patch.startAtLogin);
      const changed = await settings.change(patch);
      if (patch.startAtLogin !== undefined) announce(['schedule']);
      return changed;
    },

    'catalog.rebuild': async () => {
      await catalog.clear();
      announce(['timeline', 'sources', 'runs', 'repositories']);
      await sync.all();
      indexing.kick();
      const counts = await catalog.snapshotCounts();
      return { snapshots: counts.reduce((sum, { snapshots }) => sum + snapshots, 0) };
    },

    'recovery.sheet': async ({ repositoryId }) => {
      const repository = await access.requireReady(repositoryId);
      if (repository.state === 'read-only') throw readOnly(repository.name);
      const { id, name, location } = repository;
      const path = await shell.recoverySheet(
        { id, name, place: locationText(location) },
        {
          addKey: (password, label) => access.call('repositories.addKey', { id, password, label }),
          removeKey: async (keyId) => {
            await access.call('repositories.removeKey', { id, keyId });
          },
        },
      );
      announce(['repositories']);
      return { path };
    },
  };
}

function readOnly(name: string): StillpointError {
  return new StillpointError({
    kind: 'repository-read-only',
    message: `${name} cannot be written, so it cannot take a key for a recovery sheet.`,
    guidance: 'Make its disk writable and try again.',
    retryable: true,
  });
}
