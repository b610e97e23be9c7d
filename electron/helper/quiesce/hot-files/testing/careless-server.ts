/** What stands in for `server/program.ts` with one of its steps taken away. */
import { writeSync } from 'node:fs';
import { arenaFd, beatFd } from '../protocol.ts';
import { Arena } from '../server/arena.ts';
import type { KeptFileSteps } from '../server/kept-file.ts';
import { serve } from '../server/serve.ts';

export function serveWith(steps: Partial<KeptFileSteps>): void {
  const beat = Buffer.alloc(8);
  beat.writeBigUInt64LE(1n);
  const [arenaBytes, longestWaitMs] = process.argv.slice(2).map(Number);
  serve({
    arena: new Arena(arenaFd, arenaBytes ?? 0),
    longestWaitMs: longestWaitMs ?? 0,
    beat: () => void writeSync(beatFd, beat),
    steps,
  });
}
