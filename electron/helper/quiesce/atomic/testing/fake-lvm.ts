import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { RunResult } from '../../../system/exec.ts';
import type { LoopFilesystem } from '../../../system/testing/loop-filesystem.ts';
import type { Tool } from '../tool.ts';
import { copyImage, detach } from './copied-image.ts';

/** A row of `lvs`, all of it text, as LVM prints it. */
export type FakeVolume = Record<string, string>;

export interface FakeLvm extends AsyncDisposable {
  readonly tool: Tool;
  /** Everything it was told, each as one line. */
  readonly told: string[];
  readonly volumes: FakeVolume[];
  /** Makes one command fail, once or more often. */
  failNext(command: string, complaint: string, times?: number): void;
}

/** A real filesystem for the volume to be, and where copies of it are kept. */
interface Stage {
  readonly filesystem: LoopFilesystem;
  readonly folder: string;
  /** Whether a snapshot is made as LVM makes one: of the frozen filesystem. */
  readonly isFrozen: boolean;
}

export const groupUuid = 'AbCdEf-0001-0002-0003-0004-0005-GhIjKl';
export const volumeUuid = 'MnOpQr-0001-0002-0003-0004-0005-StUvWx';
/** What the kernel calls the volume. */
export const mappedUuid = 'LVM-AbCdEf00010002000300040005GhIjKlMnOpQr00010002000300040005StUvWx';

export function fakeVolume(overrides: FakeVolume = {}): FakeVolume {
  return {
    ...{ vg_name: 'vg', vg_uuid: groupUuid, lv_name: 'home', lv_uuid: volumeUuid, segtype: 'linear', lv_tags: '' },
    ...{ lv_dm_path: '/dev/mapper/vg-home', lv_size: '10737418240', vg_free: '5368709120', vg_extent_size: '4194304' },
    ...{ pool_lv: '', origin_uuid: '', data_percent: '', metadata_percent: '', lv_snapshot_invalid: '-1' },
    ...{ lv_suspended: '0' },
    ...overrides,
  };
}

/**
 * Stands in for `lvm` on machines without device mapper: writes down what it is told and answers as LVM 2.03 does. With a
 * `filesystem`, a snapshot is a copy of its image, made as LVM makes one: of the frozen filesystem.
 */
export function fakeLvm(volumes: FakeVolume[], stage?: Stage): FakeLvm {
  const told: string[] = [];
  const failures = new Map<string, { complaint: string; left: number }>();
  const commands: Record<string, (args: readonly string[]) => Promise<string>> = {
    lvs: async () => JSON.stringify({ report: [{ lv: volumes }] }),
    lvcreate: async (args) => {
      const after = (option: string): string => args[args.indexOf(option) + 1] ?? '';
      const origin = volumes.find((each) => `${each.vg_name}/${each.lv_name}` === args.at(-1));
      if (origin === undefined) throw new Error('Failed to find logical volume');
      const name = after('--name');
      const device =
        stage === undefined ? '' : await copyImage(stage.filesystem, join(stage.folder, name), stage.isFrozen);
      const isThin = origin.segtype === 'thin';
      volumes.push(
        fakeVolume({
          ...{ lv_name: name, lv_uuid: `uuid-of-${name}`, lv_tags: after('--addtag'), lv_dm_path: device },
          ...{ segtype: isThin ? 'thin' : 'linear', pool_lv: origin.pool_lv ?? '', data_percent: '0.00' },
          ...{ origin_uuid: origin.lv_uuid ?? '', lv_snapshot_invalid: isThin ? '-1' : '0' },
        }),
      );
      return '';
    },
    lvchange: async (args) => {
      const volume = volumes.find((each) => `${each.vg_name}/${each.lv_name}` === args.at(-1));
      if (volume !== undefined) volume.lv_suspended = '0';
      return '';
    },
    lvremove: async (args) => {
      const at = volumes.findIndex((each) => `${each.vg_name}/${each.lv_name}` === args.at(-1));
      const [gone] = at < 0 ? [] : volumes.splice(at, 1);
      if (gone === undefined) throw new Error('Failed to find logical volume');
      if (stage !== undefined && gone.lv_dm_path !== '') {
        await detach(gone.lv_dm_path ?? '');
        rmSync(join(stage.folder, gone.lv_name ?? ''));
      }
      return '';
    },
  };
  const run = async (args: readonly string[]): Promise<RunResult> => {
    told.push(args.join(' '));
    const [command = ''] = args;
    const failure = failures.get(command);
    try {
      if (failure !== undefined && failure.left > 0) {
        failure.left -= 1;
        throw new Error(failure.complaint);
      }
      return answer(0, (await commands[command]?.(args)) ?? '', '');
    } catch (error) {
      return answer(5, '', `  ${error instanceof Error ? error.message : String(error)}\n`);
    }
  };
  return {
    tool: { isInstalled: () => true, run },
    told,
    volumes,
    failNext: (command, complaint, times = 1) => failures.set(command, { complaint, left: times }),
    [Symbol.asyncDispose]: async () => {
      for (const { lv_dm_path: device = '' } of volumes) if (device.startsWith('/dev/loop')) await detach(device);
    },
  };
}

export function answer(exitCode: number, stdout: string, stderr: string): RunResult {
  return { exitCode, exitSignal: null, stdout: Buffer.from(stdout), stderr: Buffer.from(stderr) };
}
