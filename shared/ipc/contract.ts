import type { z } from 'zod';
import type { SerializedError } from '../errors/index.ts';
import { alertMethods } from './alerts.ts';
import { appMethods } from './app.ts';
import type { AppEvent } from './events.ts';
import { repositoryMethods } from './repositories.ts';
import { restoreMethods } from './restore.ts';
import { runMethods } from './runs.ts';
import { scheduleMethods } from './schedule.ts';
import { snapshotMethods } from './snapshots.ts';
import { sourceMethods } from './sources.ts';
import { stillPointMethods } from './still-points.ts';
import { timelineMethods } from './timeline.ts';

/** Everything a window can ask of main; nothing else exists. */
export const ipcContract = {
  ...appMethods,
  ...sourceMethods,
  ...repositoryMethods,
  ...runMethods,
  ...timelineMethods,
  ...stillPointMethods,
  ...snapshotMethods,
  ...restoreMethods,
  ...scheduleMethods,
  ...alertMethods,
} as const;

export type IpcContract = typeof ipcContract;
export type IpcMethodName = keyof IpcContract;
export type IpcParams<N extends IpcMethodName> = z.input<IpcContract[N]['params']>;
export type IpcResult<N extends IpcMethodName> = z.infer<IpcContract[N]['result']>;

/** What crosses the bridge for every call: errors are data, never a rejected promise without its guidance. */
export type IpcAnswer<N extends IpcMethodName> =
  | { readonly ok: true; readonly value: IpcResult<N> }
  | { readonly ok: false; readonly error: SerializedError };

type Group<N extends string> = N extends `${infer G}.${string}` ? G : never;
type Leaf<N extends string, G extends string> = N extends `${G}.${infer L}` ? L : never;

/** `window.stillpoint`: one function per method, grouped by the part before the dot. */
export type Bridge = {
  readonly [G in Group<IpcMethodName>]: {
    readonly [L in Leaf<IpcMethodName, G>]: (
      params: IpcParams<`${G}.${L}` & IpcMethodName>,
    ) => Promise<IpcAnswer<`${G}.${L}` & IpcMethodName>>;
  };
} & {
  readonly events: { readonly subscribe: (listener: (event: AppEvent) => void) => () => void };
};
