import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeRestingFiles, planOf } from '../../../electron/helper/quiesce/testing/oracle-scenarios.ts';
import {
  checkPrefix,
  type StepKind,
  startOrderedWriter,
} from '../../../electron/helper/quiesce/testing/ordered-writer/index.ts';
import {
  type LoopFilesystemType,
  openLoopFilesystem,
} from '../../../electron/helper/system/testing/loop-filesystem.ts';
import { lastRecord } from '../../harness/command-line.ts';
import { openHelperSession } from '../../harness/helper-session.ts';
import { newPlace } from '../../harness/place.ts';
import type { CaseResult } from '../../harness/soak.ts';
import { restic } from '../../headless/restic.ts';

/**
 * The whole product on a busy filesystem: one helper that goes on from backup to backup into a real repository, so that
 * later ones continue its record of changes; restored by restic, judged by the oracle.
 */
export interface HeldPlace extends AsyncDisposable {
  /** One backup beside a new writer of these kinds. */
  run(kinds: readonly StepKind[], stepsPerSecond: number): Promise<CaseResult>;
}

const claimsOneInstant = ['application', 'filesystem', 'observed-static'];

/** Opened when it is first needed: most repetitions may be done already. */
export function heldPlace(type: LoopFilesystemType): HeldPlace {
  let opened: ReturnType<typeof openHeldPlace> | undefined;
  return {
    run: async (kinds, stepsPerSecond) => {
      opened ??= openHeldPlace(type);
      return (await opened).run(kinds, stepsPerSecond);
    },
    [Symbol.asyncDispose]: async () => (await opened)?.[Symbol.asyncDispose](),
  };
}

async function openHeldPlace(type: LoopFilesystemType): Promise<HeldPlace> {
  const user = newPlace();
  const filesystem = await openLoopFilesystem({ type, sizeMiB: 512, watchdogSilenceMs: 60_000 });
  const close = async (): Promise<void> => {
    await filesystem.close();
    user[Symbol.dispose]();
  };
  try {
    const root = join(filesystem.mountPoint, 'source');
    makeRestingFiles(join(root, 'resting'), 1000, 1);
    const repositoryId = String(lastRecord(await user.run('init'), 'repository').id);
    const added = await user.run('sources', 'add', root, '--longest-stall', '5000');
    const sourceId = String(lastRecord(added, 'source').id);
    const session = await openHelperSession({ environment: user.environment, repositoryId, password: 'correct horse' });
    return {
      async run(kinds, stepsPerSecond) {
        const directory = join(root, 'busy');
        const outside = join(filesystem.mountPoint, 'outside');
        for (const path of [directory, outside]) rmSync(path, { recursive: true, force: true });
        mkdirSync(directory);
        const plan = planOf(...kinds);
        await using writer = await startOrderedWriter({ directory, outside, plan, stepsPerSecond });
        await writer.reached(100);
        const stepsBefore = writer.stepsSoFar();
        const { result, wallMs } = await session.backup(sourceId);
        await writer.reached(writer.stepsSoFar() + 1);
        const stepsAfter = writer.stepsSoFar();
        const copy = join(user.path, 'copy');
        const restored = await restic(user, 'restore', String(result.snapshotId), '--target', copy);
        if (restored.code !== 0) throw new Error(restored.text);
        const { isPrefix, step, problems } = checkPrefix(join(copy, directory), plan);
        rmSync(copy, { recursive: true, force: true });
        const { level, stallMs } = result;
        const isOfItsTime = step >= stepsBefore && step <= stepsAfter;
        const ok = !claimsOneInstant.includes(String(level)) || (isPrefix && isOfItsTime);
        const facts = { level: String(level), isPrefix, stallMs: stallMs ?? -1, wallMs: Math.round(wallMs) };
        const why = level === 'filesystem' ? '' : (result.warnings[0]?.text ?? result.summary);
        return {
          ok,
          facts: { ...facts, step, stepsBefore, stepsAfter, problems: problems.slice(0, 2).join('; '), why },
        };
      },
      async [Symbol.asyncDispose]() {
        await session[Symbol.asyncDispose]();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
