import type { RunId, SnapshotId } from '../../../../shared/domain/ids.ts';
import type { RestoreMode } from '../../../../shared/domain/restore.ts';
import { LocalBackend, openRepository } from '../../repository/index.ts';
import { testOptions } from '../../repository/testing/memory-repository.ts';
import { RestoreScene } from './restore-scene.ts';

/**
 * A process that restores, as the pipeline would, until it is done or killed:
 * `restore-until-killed.ts FOLDER SNAPSHOT MODE RUN`. Prints a line when the writing begins.
 */
const [folder = '', snapshot = '', mode = '', run = ''] = process.argv.slice(2);
const repository = await openRepository(new LocalBackend(`${folder}/repository`), testOptions);
const scene = RestoreScene.at(folder, { repository });
const beforeRun = (): void => void process.stdout.write('writing\n');
await scene.restore(snapshot as SnapshotId, { mode: mode as RestoreMode }, { runId: run as RunId, beforeRun });
process.stdout.write('done\n');
