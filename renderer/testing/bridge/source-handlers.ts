import { sourceOf } from '../model/build.ts';
import { plans } from '../model/plans.ts';
import { fail, type Handlers } from './handlers.ts';

export const sourceHandlers: Handlers = {
  'sources.list': (_params, { world }) => world.sources,
  'sources.preflight': ({ spec }, { world }) => ({
    chosen: {
      method: world.helper.canFreeze ? 'precopy-freeze' : 'live',
      available: true,
      level: world.helper.canFreeze ? 'filesystem' : 'observed-static',
      expectedStallMs: world.helper.canFreeze ? 15 : 0,
      reasons: world.helper.canFreeze ? [] : ['Holding still needs an administrator’s permission.'],
      remedies: world.helper.canFreeze ? [] : ['grant-helper'],
    },
    considered: [],
    filesystem: 'ext4',
    mountPoint: '/home',
    device: '/dev/nvme0n1p3',
    freezesWholeFilesystem: true,
    leftOut: [{ path: `${spec.path}/.cache`, reason: 'temporary files' }],
    files: 20_512,
    bytes: 1_095_216_660,
    counted: true,
  }),
  'sources.add': (params, { world, emit }) => {
    if (world.sources.some(({ name }) => name === params.name)) {
      throw fail('already-exists', `A source named ${params.name} exists.`, 'Choose another name.', 'name');
    }
    const plan = { ...plans.documents, key: params.name.toLowerCase().replace(/[^a-z0-9]+/g, '-'), name: params.name };
    const source = { ...sourceOf(plan, []), health: 'new' as const, healthText: 'no snapshot yet' };
    world.sources = [...world.sources, source];
    emit({ type: 'changed', topics: ['sources', 'timeline'] });
    return source;
  },
  'sources.remove': ({ id }, { world, emit }) => {
    world.sources = world.sources.filter((source) => source.id !== id);
    emit({ type: 'changed', topics: ['sources', 'timeline'] });
    return {};
  },
};
