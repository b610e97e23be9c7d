import type { z } from 'zod';
import type { SerializedError } from '../../../shared/errors/index.ts';
import type { IpcContract, IpcMethodName, IpcResult } from '../../../shared/ipc/contract.ts';
import type { AppEvent } from '../../../shared/ipc/events.ts';
import type { World } from '../model/world.ts';

/** What a handler works on. `emit` pushes an event to the window. */
export interface Stage {
  readonly world: World;
  readonly emit: (event: AppEvent) => void;
  readonly now: () => number;
}

/** Answers of the made-up main process; one per method it plays. A handler may throw `fail(…)`. */
export type Handlers = {
  readonly [N in IpcMethodName]?: (
    params: z.output<IpcContract[N]['params']>,
    stage: Stage,
  ) => IpcResult<N> | Promise<IpcResult<N>>;
};

export class Failure extends Error {
  readonly error: SerializedError;

  constructor(error: SerializedError) {
    super(error.message);
    this.error = error;
  }
}

export function fail(kind: SerializedError['kind'], message: string, guidance: string, field?: string): Failure {
  return new Failure({
    kind,
    message,
    guidance,
    retryable: true,
    context: {},
    ...(field === undefined ? {} : { field }),
  });
}
