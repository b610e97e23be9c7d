/** Takes whoever maps the file for somebody who reads it: `node unmapped-server.ts ARENA_BYTES LONGEST_WAIT_MS`. */
import { waitingCallOf } from '../server/waiting-call.ts';
import { serveWith } from './careless-server.ts';

serveWith({
  waitingCallOf: (...asked) => {
    const call = waitingCallOf(...asked);
    return call.kind === 'mapping' ? { kind: 'read' } : call;
  },
});
