import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { WriterPlan, WriterReport } from '../../electron/helper/quiesce/testing/ordered-writer/index.ts';
import {
  type LoopFilesystem,
  type LoopFilesystemType,
  openLoopFilesystem,
} from '../../electron/helper/system/testing/loop-filesystem.ts';
import { asUser } from './as-user.ts';
import { endProcess } from './end-process.ts';
import { readableTree, root } from './tree.ts';
import type { World } from './world.ts';

export const writerPlan: WriterPlan = { kinds: ['in-place', 'append', 'rename-over'], files: 10, blocks: 8 };

export interface BusyFilesystem {
  readonly mountPoint: string;
  /** Starts a writer in a new folder directly below the mount point, as the world's user. */
  startWriter(folder: string): Promise<BusyWriter>;
  close(): Promise<void>;
}

export interface BusyWriter {
  readonly directory: string;
  /** Resolves when this many more steps are complete than now: it does go on. */
  moreSteps(steps: number): Promise<void>;
  /** Ends it after a whole step. `longestStepMs`: the longest it was held up. */
  stop(): Promise<WriterReport>;
}

/** A filesystem of the user's own in an image, with writers in it; `close` ends what still writes. */
export async function openBusyFilesystem(
  world: World,
  type: LoopFilesystemType,
  sizeMiB: number,
): Promise<BusyFilesystem> {
  const filesystem: LoopFilesystem = await openLoopFilesystem({ type, sizeMiB });
  const { mountPoint } = filesystem;
  world.give(mountPoint);
  const tree = readableTree(world.user);
  const running = new Set<ChildProcess>();
  return {
    mountPoint,
    startWriter: async (folder) => {
      const directory = join(mountPoint, folder);
      world.makeFolder(directory);
      const script = join(tree.path, 'e2e/harness/writer-driver.ts');
      const node = process.execPath.replace(root, tree.path);
      const [program = '', ...args] = asUser(world.user, [
        node,
        '--no-warnings',
        script,
        directory,
        JSON.stringify(writerPlan),
        '400',
      ]);
      const child = spawn(program, args, { cwd: '/', stdio: ['pipe', 'pipe', 'inherit'] });
      running.add(child);
      child.once('exit', () => running.delete(child));
      return talkTo(child, directory);
    },
    close: async () => {
      for (const child of running) await endProcess(child);
      tree.release();
      await filesystem.close();
    },
  };
}

async function talkTo(child: ChildProcess, directory: string): Promise<BusyWriter> {
  const lines = createInterface({ input: child.stdout ?? missing() });
  let last: Partial<WriterReport> & { readonly steps: number } = { steps: 0 };
  const heard = new Set<() => void>();
  lines.on('line', (line) => {
    last = JSON.parse(line) as typeof last;
    for (const tell of heard) tell();
  });
  lines.on('close', () => {
    for (const tell of heard) tell();
  });
  const until = (isSo: () => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (!isSo() && child.exitCode === null) return;
        heard.delete(look);
        if (isSo()) resolve();
        else reject(new Error(`the writer in ${directory} ended after ${last.steps} steps`));
      };
      heard.add(look);
      look();
    });
  await until(() => last.steps > 0);
  return {
    directory,
    moreSteps: (steps) => {
      const wanted = last.steps + steps;
      return until(() => last.steps >= wanted);
    },
    stop: async () => {
      child.stdin?.write('stop\n');
      await until(() => last.longestStepMs !== undefined);
      return { steps: last.steps, longestStepMs: last.longestStepMs ?? Number.NaN };
    },
  };
}

function missing(): never {
  throw new Error('no pipe to a process that was just started');
}
