/** Does not remember who was let go on before the hold: `node forgetful-server.ts ARENA_BYTES LONGEST_WAIT_MS`. */
import type { Span } from '../server/kept-file.ts';
import { serveWith } from './careless-server.ts';

class Forgetful extends Map<number, Span> {
  override set(): this {
    return this;
  }
}

serveWith({ newUnderWay: () => new Forgetful() });
