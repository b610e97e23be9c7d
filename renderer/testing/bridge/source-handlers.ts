import type { ExcludePreset, ExcludeSizes } from '../../../shared/domain/excludes/presets.ts';
import { nextRuns } from '../../../shared/domain/schedule/next-runs.ts';
import { type FilesystemSpec, placesOf } from '../../../shared/domain/source.ts';
import type { AppEvent } from '../../../shared/ipc/events.ts';
import type { SourceView } from '../../../shared/ipc/sources.ts';
import { machineZone, sourceOf } from '../model/build.ts';
import { plans } from '../model/plans.ts';
import { seeded } from '../model/random.ts';
import type { World } from '../model/world.ts';
import { fail, type Handlers } from './handlers.ts';
import { preflightOf } from './preflight.ts';

export const sourceHandlers: Handlers = {
  'sources.list': (_params, { world }) => world.sources,
  'sources.preflight': ({ spec }, { world }) => preflightOf(spec, world),
  'sources.add': (params, { world, emit }) => {
    if (world.sources.some(({ name }) => name === params.name)) {
      throw fail('already-exists', `A source named ${params.name} exists.`, 'Choose another name.', 'name');
    }
    const plan = { ...plans.documents, key: params.name.toLowerCase().replace(/[^a-z0-9]+/g, '-'), name: params.name };
    const { spec, policy } = params;
    const source = { ...sourceOf(plan, []), spec, policy, health: 'new' as const, healthText: 'no snapshot yet' };
    world.sources = [...world.sources, source];
    emit({ type: 'changed', topics: ['sources', 'timeline'] });
    return source;
  },
  'sources.update': ({ id, ...changed }, { world, emit }) => change(world, emit, id, changed),
  'sources.setPolicy': ({ id, policy }, { world, emit }) => change(world, emit, id, { policy }),
  'sources.excludeSizes': async ({ spec }) => {
    await new Promise((resolve) => setTimeout(resolve, 700));
    const places = placesOf(spec);
    const bad = places.flatMap(({ ignoreLines }) => ignoreLines).findIndex((line) => line.endsWith('\\'));
    if (bad >= 0) {
      throw fail(
        'bad-input',
        `Line ${bad + 1} ends in a backslash, which stands for nothing.`,
        'Take the backslash away, or put the character it is for after it.',
        `params.spec.ignoreLines[${bad}]`,
      );
    }
    return sumOfSizes(places.map(sizesOf));
  },
  'sources.remove': ({ id }, { world, emit }) => {
    world.sources = world.sources.filter((source) => source.id !== id);
    emit({ type: 'changed', topics: ['sources', 'timeline'] });
    return {};
  },
};

function change(
  world: World,
  emit: (event: AppEvent) => void,
  id: string,
  changed: Partial<Pick<SourceView, 'name' | 'spec' | 'policy'>>,
): SourceView {
  const before = world.sources.find((source) => source.id === id);
  if (before === undefined) throw fail('unknown-source', 'There is no such source.', 'Refresh the window.');
  const { schedule, conditions } = changed.policy ?? before.policy;
  const facts = {
    schedule,
    conditions,
    now: world.now,
    zone: machineZone(),
    lastSnapshotAt: before.last?.time ?? null,
  };
  const planned = nextRuns(facts, 24);
  const after = { ...before, ...changed, nextRunAt: planned[0] ?? null };
  world.sources = world.sources.map((source) => (source.id === id ? after : source));
  world.lanes = world.lanes.map((lane) => (lane.sourceId === id ? { ...lane, planned } : lane));
  emit({ type: 'changed', topics: ['sources', 'timeline'] });
  return after;
}

const MiB = 1024 ** 2;
const presetSizes: Readonly<Record<ExcludePreset, readonly [number, number, string[]]>> = {
  caches: [48_211, 3_900 * MiB, ['.cache', '.npm/_cacache']],
  trash: [312, 840 * MiB, ['.local/share/Trash']],
  'browser-caches': [9_120, 1_210 * MiB, ['.mozilla/firefox/x1.default/cache2', '.config/chromium/Default/Cache']],
  'flatpak-caches': [2_040, 390 * MiB, ['.var/app/org.gnome.Maps/cache']],
  'cachedir-tag': [31_077, 6_400 * MiB, ['Projects/engine/target', 'Projects/site/.venv']],
};

/** Of several places: their items one after the other, and all they keep. */
function sumOfSizes(sizes: readonly ExcludeSizes[]): ExcludeSizes {
  return {
    items: sizes.flatMap(({ items }) => items),
    keptFiles: sizes.reduce((sum, { keptFiles }) => sum + keptFiles, 0),
    keptBytes: sizes.reduce((sum, { keptBytes }) => sum + keptBytes, 0),
    complete: sizes.every(({ complete }) => complete),
  };
}

/** A home folder of a fixed size; what a line matches follows from the line. */
function sizesOf(spec: FilesystemSpec): ExcludeSizes {
  const presets = spec.excludePresets.map((value): ExcludeSizes['items'][number] => {
    const [files, bytes, places] = presetSizes[value];
    return { kind: 'preset', value, files, bytes, places };
  });
  const rules = spec.ignoreLines
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((value): ExcludeSizes['items'][number] => {
      const nothing = value.includes('nothing');
      const size = seeded(value);
      return {
        kind: 'rule',
        value,
        files: nothing ? 0 : Math.round(size.between(20, 20_000)),
        bytes: nothing ? 0 : Math.round(size.between(2, 2_000)) * MiB,
        places: nothing ? [] : [`Projects/site/${value.replace(/[*/!]/g, '')}`],
      };
    });
  const paths = spec.excludes.map((value) => ({
    kind: 'path' as const,
    value,
    files: 1_200,
    bytes: 96 * MiB,
    places: [],
  }));
  return {
    items: [...presets, ...rules, ...paths],
    keptFiles: 20_512,
    keptBytes: 1_095_216_660,
    complete: !spec.path.includes('Projects'),
  };
}
