import { serializeError } from '../../../shared/errors/index.ts';
import { type Bridge, type IpcAnswer, type IpcMethodName, ipcContract } from '../../../shared/ipc/contract.ts';
import type { AppEvent } from '../../../shared/ipc/events.ts';
import type { World } from '../model/world.ts';
import { alertHandlers } from './alert-handlers.ts';
import { appHandlers } from './app-handlers.ts';
import { careHandlers } from './care-handlers.ts';
import { Failure, type Handlers, type Stage } from './handlers.ts';
import { repositoryHandlers } from './repository-handlers.ts';
import { restoreHandlers } from './restore-handlers.ts';
import { runHandlers } from './run-handlers.ts';
import { scheduleHandlers } from './schedule-handlers.ts';
import { snapshotHandlers } from './snapshot-handlers.ts';
import { sourceHandlers } from './source-handlers.ts';
import { stillPointHandlers } from './still-point-handlers.ts';

type LooseHandler = (params: unknown, stage: Stage) => unknown;

/** A made-up main process over a made-up world. It validates like the real one, params and results alike. */
export function fakeBridge(
  world: World,
  now: () => number,
  overrides: Handlers = {},
): { readonly bridge: Bridge; readonly stage: Stage } {
  const listeners = new Set<(event: AppEvent) => void>();
  const stage: Stage = {
    world,
    now,
    emit: (event) => {
      for (const listener of listeners) listener(structuredClone(event));
    },
  };
  const handlers = {
    ...appHandlers,
    ...sourceHandlers,
    ...repositoryHandlers,
    ...careHandlers,
    ...runHandlers,
    ...snapshotHandlers,
    ...restoreHandlers,
    ...scheduleHandlers,
    ...alertHandlers,
    ...stillPointHandlers,
    ...overrides,
  } as Readonly<Record<string, LooseHandler | undefined>>;

  const groups: Record<string, Record<string, unknown>> = {
    events: {
      subscribe: (listener: (event: AppEvent) => void) => {
        // Who subscribes twice and leaves once still listens.
        const own = (event: AppEvent): void => listener(event);
        listeners.add(own);
        return () => listeners.delete(own);
      },
    },
  };
  for (const name of Object.keys(ipcContract) as IpcMethodName[]) {
    const [group = '', leaf = ''] = name.split('.');
    groups[group] = { ...groups[group], [leaf]: (params: unknown) => answer(name, params, handlers[name], stage) };
  }
  return { bridge: groups as unknown as Bridge, stage };
}

async function answer(
  name: IpcMethodName,
  params: unknown,
  handler: LooseHandler | undefined,
  stage: Stage,
): Promise<IpcAnswer<IpcMethodName>> {
  try {
    if (handler === undefined) throw new Error(`the fake bridge does not play ${name}`);
    const valid = ipcContract[name].params.parse(params);
    const value = ipcContract[name].result.parse(await handler(valid, stage));
    return structuredClone({ ok: true, value }) as IpcAnswer<IpcMethodName>;
  } catch (thrown) {
    return { ok: false, error: thrown instanceof Failure ? thrown.error : serializeError(thrown) };
  }
}
