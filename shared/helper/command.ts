import type { z } from 'zod';

/**
 * The right a command needs, checked by the helper and never by its caller.
 * `any`: whoever may talk to the helper. `own`: acts with the caller's own file rights.
 * `registered`: acts on registered ids that belong to the caller. `register`: changes the registry; in a helper with
 * more rights than its caller this needs an administrator's consent. `schedule`: lets it act unattended from then on;
 * needs an administrator's consent too, a separate one.
 */
export type CommandRight = 'any' | 'own' | 'registered' | 'register' | 'schedule';

export interface CommandSpec<Params extends z.ZodType, Result extends z.ZodType, Event extends z.ZodType> {
  /** What it does, in the words of a log line. */
  readonly title: string;
  readonly right: CommandRight;
  readonly cancellable: boolean;
  /** Milliseconds; what a caller waits at most when it gives no deadline of its own. 0: as long as it takes. */
  readonly timeoutMs: number;
  readonly params: Params;
  readonly result: Result;
  readonly event: Event;
}

export function command<Params extends z.ZodType, Result extends z.ZodType, Event extends z.ZodType>(
  spec: CommandSpec<Params, Result, Event>,
): CommandSpec<Params, Result, Event> {
  return spec;
}
