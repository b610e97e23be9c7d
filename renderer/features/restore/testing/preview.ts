import '../../../testing/install.ts';
import { fakeBridge } from '../../../testing/bridge/fake-bridge.ts';
import type { World } from '../../../testing/model/world.ts';
import { restoreStage } from './restore-stage.ts';

// The window on the made-up model, with restores that take their time: `?case=open-file|no-space|read-only|plain`.
const { world } = (window as unknown as { readonly stillpointPreview: { readonly world: World } }).stillpointPreview;
const query = new URLSearchParams(window.location.search);
const { bridge } = fakeBridge(world, () => Date.now(), restoreStage(query.get('case') ?? 'open-file'));
const events = {
  subscribe: (listener: Parameters<typeof bridge.events.subscribe>[0]) =>
    bridge.events.subscribe((event) => listener(event)),
};
Object.assign(window, { stillpoint: { ...bridge, events } });
await import('../../../app/main.tsx');
