import { describe } from 'vitest';
import type { FilesystemFacts } from '../../../sources/index.ts';
import { whyNoLoopFilesystem } from '../../../system/testing/loop-filesystem.ts';
import { describeMethodConformance, type MethodFixture } from '../../testing/method-conformance.ts';
import { openBtrfs } from '../testing/btrfs-fixture.ts';

const missing = whyNoLoopFilesystem('btrfs');

async function open(): Promise<MethodFixture<FilesystemFacts>> {
  const fixture = await openBtrfs();
  return {
    method: fixture.method,
    facts: fixture.facts,
    lease: { longestStallMs: 250 },
    isHeld: () => false,
    leftovers: fixture.leftovers,
    endNextHoldEarly: null,
    [Symbol.asyncDispose]: () => fixture[Symbol.asyncDispose](),
  };
}

describe.skipIf(missing !== undefined)(missing ?? 'a btrfs snapshot keeps the contract', () => {
  describeMethodConformance('btrfs-snapshot', open, { holdsWriters: false });
});
