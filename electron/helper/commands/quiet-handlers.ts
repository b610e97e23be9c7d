import type { Stretch } from '../../../shared/domain/static-windows.ts';
import { type Instant, instantToMs, msToInstant } from '../../../shared/domain/time.ts';
import type { Handlers } from '../server/service.ts';
import type { HelperContext } from './context.ts';

type QuietHandlers = Pick<Handlers, Extract<keyof Handlers, `quiet.${string}`>>;

/** They tell when somebody works: of the caller's own sources only. */
export function quietHandlers({ registry, caller, quiet }: HelperContext): QuietHandlers {
  return {
    'quiet.windows': async ({ since }) => {
      const sinceMs = instantToMs(since);
      return Promise.all(
        registry.sources(caller.uid).map(async ({ id }) => {
          // What cannot be read is not known to have been quiet; it keeps nobody from seeing the others.
          const windows = await quiet.windows.windowsOf(id).catch(() => []);
          const watched = await quiet.windows.watchedOf(id).catch(() => []);
          return { sourceId: id, windows: told(windows, sinceMs), watched: told(watched, sinceMs) };
        }),
      );
    },
  };
}

function told(stretches: readonly Stretch[], sinceMs: number): { readonly from: Instant; readonly to: Instant }[] {
  return stretches
    .filter(({ toMs }) => toMs > sinceMs)
    .map(({ fromMs, toMs }) => ({ from: msToInstant(fromMs), to: msToInstant(toMs) }));
}
