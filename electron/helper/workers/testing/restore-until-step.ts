import type { RunId, SnapshotId } from '../../../../shared/domain/ids.ts';
import type { RestoreMode } from '../../../../shared/domain/restore.ts';
import { LocalBackend, openRepository } from '../../repository/index.ts';
import { testOptions } from '../../repository/testing/memory-repository.ts';
import { RestoreScene } from '../../restore/testing/restore-scene.ts';
import { restoreThreads } from '../restore-threads.ts';
import { Steps } from './steps.ts';

/**
 * A process that restores on threads, as the pipeline would, and dies before a step:
 * `restore-until-step.ts FOLDER SNAPSHOT MODE RUN STEP`. Step 0: it does not, and prints how many there were.
 */
const [folder = '', snapshot = '', mode = '', run = '', step = '0'] = process.argv.slice(2);
const repository = await openRepository(new LocalBackend(`${folder}/repository`), testOptions);
const steps = Steps.begin(Number(step));
const program = new URL('./counted-restore-worker.ts', import.meta.url);
const startHands = restoreThreads({ identity: null, threads: 2, program });
const scene = RestoreScene.at(folder, { repository, startHands });
const beforeRun = (): void => steps.start();
const { outcome } = await scene.restore(
  snapshot as SnapshotId,
  { mode: mode as RestoreMode },
  { runId: run as RunId, beforeRun },
);
process.stdout.write(`${JSON.stringify({ steps: steps.total, outcome })}\n`);
