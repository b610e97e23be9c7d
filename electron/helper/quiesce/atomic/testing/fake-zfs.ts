import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { createReadOnlySnapshot } from '../../../system/btrfs.ts';
import { runProgramOk } from '../../../system/exec.ts';
import type { Tool } from '../tool.ts';
import { answer } from './fake-lvm.ts';

export interface FakeZfs {
  readonly tool: Tool;
  /** Everything it was told, each as one line. */
  readonly told: string[];
  /** Snapshots by full name, with their own property. */
  readonly snapshots: Map<string, { guid: string; mark: string }>;
  /** Makes one command fail, once. */
  failNext(command: string, complaint: string): void;
}

/**
 * Stands in for `zfs` on machines without it: writes down what it is told and answers as OpenZFS 2.1 does. With a
 * `mountPoint`, which is the root of a btrfs, a snapshot is one of btrfs, shown where ZFS would show it.
 */
export function fakeZfs(dataset: string, mountPoint?: string): FakeZfs {
  const told: string[] = [];
  const snapshots = new Map<string, { guid: string; mark: string }>();
  const failures = new Map<string, string>();
  let guids = 1000;
  const shownAt = (name: string): string => join(mountPoint ?? '', '.zfs/snapshot', name.split('@')[1] ?? '');

  const commands: Record<string, (args: readonly string[]) => Promise<string>> = {
    list: async (args) => {
      const name = args.at(-1) ?? '';
      if (name === dataset) return `${dataset}\n`;
      const found = snapshots.get(name);
      if (found === undefined) throw new Error(`cannot open '${name}': dataset does not exist`);
      return `${found.guid}\t${found.mark === '' ? '-' : found.mark}\n`;
    },
    snapshot: async (args) => {
      const name = args.at(-1) ?? '';
      if (mountPoint !== undefined) await snapshotOf(mountPoint, shownAt(name));
      const [, mark = ''] = /^net\.stillpoint:mark=(.*)$/.exec(args[args.indexOf('-o') + 1] ?? '') ?? [];
      guids += 1;
      snapshots.set(name, { guid: String(guids), mark });
      return '';
    },
    destroy: async (args) => {
      const name = args.at(-1) ?? '';
      if (!snapshots.delete(name)) throw new Error('could not find any snapshots to destroy');
      if (mountPoint !== undefined && existsSync(shownAt(name)))
        await runProgramOk('/usr/bin/btrfs', ['subvolume', 'delete', shownAt(name)]);
      return '';
    },
  };
  return {
    told,
    snapshots,
    failNext: (command, complaint) => failures.set(command, complaint),
    tool: {
      isInstalled: () => true,
      run: async (args) => {
        told.push(args.join(' '));
        const [command = ''] = args;
        const failure = failures.get(command);
        failures.delete(command);
        try {
          if (failure !== undefined) throw new Error(failure);
          return answer(0, (await commands[command]?.(args)) ?? '', '');
        } catch (error) {
          return answer(1, '', `${error instanceof Error ? error.message : String(error)}\n`);
        }
      },
    },
  };
}

async function snapshotOf(mountPoint: string, target: string): Promise<void> {
  mkdirSync(join(target, '..'), { recursive: true });
  const [folder, source] = [openSync(join(target, '..'), 'r'), openSync(mountPoint, 'r')];
  try {
    await createReadOnlySnapshot(folder, target.split('/').at(-1) ?? '', source);
  } finally {
    closeSync(folder);
    closeSync(source);
  }
}
