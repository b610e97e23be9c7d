/** The server, but that it turns in circles while a file exists: `node deaf-server.ts ARENA_BYTES LONGEST_WAIT_MS`. */
import { existsSync, writeSync } from 'node:fs';
import { beatFd } from '../protocol.ts';
import { Arena } from '../server/arena.ts';
import { serve } from '../server/serve.ts';

/** On a filesystem of its own; there is one test at a time. */
export const stopFile = '/dev/shm/stillpoint-deaf-server';
const beat = Buffer.alloc(8);
beat.writeBigUInt64LE(1n);

if (process.argv[1]?.endsWith('deaf-server.ts')) {
  serve({
    arena: new Arena(3, Number(process.argv[2])),
    longestWaitMs: Number(process.argv[3]),
    beat: () => {
      while (existsSync(stopFile));
      writeSync(beatFd, beat);
    },
  });
}
