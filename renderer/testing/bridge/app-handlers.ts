import type { Handlers } from './handlers.ts';

export const appHandlers: Handlers = {
  'app.info': (_params, { world }) => ({
    version: '0.1.0',
    hostname: 'kestrel',
    homePath: '/home/mika',
    runsAsRoot: false,
    helper: world.helper,
    secretStore: world.secretStore,
  }),
  'app.requestRights': (_params, { world, emit }) => {
    world.helper = { ...world.helper, state: 'ready', canFreeze: true, explanation: '', refused: false };
    emit({ type: 'helper', helper: world.helper });
    return world.helper;
  },
  'app.pickFolder': () => ({ path: '/home/mika/Projects' }),
  'app.openFolder': () => ({}),
  'app.places': () => ({
    home: '/home/mika',
    disks: [
      {
        path: '/media/mika/Backup',
        label: 'Backup',
        filesystem: 'ext4',
        freeBytes: 410 * 1024 ** 3,
        totalBytes: 931 * 1024 ** 3,
        removable: true,
      },
    ],
  }),
  'settings.get': (_params, { world }) => world.settings,
  'settings.set': (params, { world }) => {
    const given = Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined));
    world.settings = { ...world.settings, ...given };
    return world.settings;
  },
  'catalog.rebuild': async (_params, { world }) => {
    await new Promise((resolve) => setTimeout(resolve, 600));
    return { snapshots: world.lanes.reduce((sum, lane) => sum + lane.snapshots.length, 0) };
  },
  'recovery.sheet': () => ({ path: '/home/mika/stillpoint-recovery.pdf' }),
};
