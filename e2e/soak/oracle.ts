import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createLive } from '../../electron/helper/quiesce/index.ts';
import { examineFolder } from '../../electron/helper/quiesce/testing/examine-folder.ts';
import { judge } from '../../electron/helper/quiesce/testing/judge.ts';
import { isLie, makeRestingFiles, withBusyFilesystem } from '../../electron/helper/quiesce/testing/oracle-scenarios.ts';
import { recordingReporter } from '../../electron/helper/quiesce/testing/recording-reporter.ts';
import { scratchFolder } from '../../electron/helper/quiesce/testing/scratch-folder.ts';
import { writeView } from '../../electron/helper/quiesce/testing/write-view.ts';
import { type LoopFilesystemType, withLoopFilesystem } from '../../electron/helper/system/testing/loop-filesystem.ts';
import { type CaseResult, runSoak, type Scenario } from '../harness/soak.ts';
import { openHeldPlace } from './oracle/held-place.ts';

// Ordered writes judge every copy. Held: the whole product, twenty times on each filesystem; each copy is exactly the
// first steps and labelled so. Live under load: 200 copies, none may claim one instant. Live on a quiet tree: 20 of 20
// earn that nothing changed.

const types = ['ext4', 'xfs'] as const;
await using ext4 = await openHeldPlace('ext4');
await using xfs = await openHeldPlace('xfs');

const scenarios: Scenario[] = [
  { name: 'held ext4', count: 20, run: () => ext4.run() },
  { name: 'held xfs', count: 20, run: () => xfs.run() },
  ...types.map((type) => ({ name: `live under load ${type}`, count: 10, run: () => liveUnderLoad(type, 10) })),
  ...types.map((type) => ({ name: `live and quiet ${type}`, count: 10, run: () => liveAndQuiet(type) })),
];
await runSoak('oracle', scenarios, process.argv.slice(2));

/** `copies` in one go: a writer is started once for all of them. */
async function liveUnderLoad(type: LoopFilesystemType, copies: number): Promise<CaseResult> {
  return withBusyFilesystem({ type }, async (busy) => {
    const method = createLive();
    const levels: Record<string, number> = {};
    let lies = 0;
    let mixed = 0;
    for (let copy = 0; copy < copies; copy++) {
      const result = await busy.copyWith(method);
      levels[result.level] = (levels[result.level] ?? 0) + 1;
      if (isLie(result)) lies++;
      if (!result.isPrefix) mixed++;
    }
    const claims = (levels.filesystem ?? 0) + (levels['observed-static'] ?? 0);
    return { ok: lies === 0 && claims === 0, facts: { copies, lies, mixed, ...levels } };
  });
}

async function liveAndQuiet(type: LoopFilesystemType): Promise<CaseResult> {
  return withLoopFilesystem({ type, sizeMiB: 64 }, async (mountPoint) => {
    const quiet = join(mountPoint, 'quiet');
    makeRestingFiles(quiet, 300, 7);
    mkdirSync(join(quiet, 'empty'));
    using target = scratchFolder('copy');
    const { signal } = new AbortController();
    const facts = await examineFolder(quiet);
    const outcome = await createLive().withStillView(
      facts,
      { longestStallMs: 250 },
      { signal, report: recordingReporter() },
      (view) => writeView(view, target.path, signal),
    );
    const { level, reason } = judge(outcome.evidence, outcome.value);
    return { ok: level === 'observed-static', facts: { level, reason } };
  });
}
