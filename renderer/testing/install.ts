import '../app/no-eval.ts';
import { fakeBridge } from './bridge/fake-bridge.ts';
import { startLive } from './live-run.ts';
import { buildScene, type SceneName, sceneNames } from './model/scenes.ts';

// `?scene=normal&theme=dark&now=2026-11-20T09:41`: what the preview shows, and at which time it plays.
const query = new URLSearchParams(window.location.search);
const scene = sceneNames.find((name) => name === query.get('scene')) ?? 'normal';
const theme = (['light', 'dark', 'system'] as const).find((name) => name === query.get('theme'));
const asked = Date.parse(query.get('now') ?? '');
if (!Number.isNaN(asked)) shiftClock(asked - Date.now());

const world = buildScene(scene, Date.now());
if (theme !== undefined) world.settings = { ...world.settings, theme };
const { bridge, stage } = fakeBridge(world, () => Date.now());
Object.assign(window, { stillpoint: bridge, stillpointPreview: { world, stage } });
play(scene);

function play(name: SceneName): void {
  if (name === 'running') startLive('web-01', stage, 0.58);
  if (name === 'normal') startLive('web-01', stage, 0.58);
  if (name === 'locked') {
    const repository = world.repositories[0];
    if (repository === undefined) return;
    setTimeout(
      () =>
        stage.emit({
          type: 'password-needed',
          repositoryId: repository.id,
          reason: 'Documents was due at 06:00 and waits for it.',
        }),
      500,
    );
  }
}

/** Moves what `Date` calls now by a constant; it goes on from there. */
function shiftClock(by: number): void {
  const Real = Date;
  const realNow = Real.now.bind(Real);
  window.Date = new Proxy(Real, {
    construct: (target, args) => (args.length === 0 ? new target(realNow() + by) : Reflect.construct(target, args)),
    get: (target, name) => (name === 'now' ? () => realNow() + by : Reflect.get(target, name)),
  });
}
