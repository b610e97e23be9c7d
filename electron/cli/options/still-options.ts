import { Option } from 'commander';
import { type HoldOrLive, type StillRules, stillRulesSchema } from '../../../shared/domain/still-rules.ts';
import { parseDuration } from './durations.ts';
import { checked, windowsFrom } from './schedule-options.ts';
import { usage } from './usage.ts';

export interface StillOptions {
  readonly holdWindow?: readonly string[];
  readonly holdOnBattery?: string;
  readonly busyDiskWait?: string;
  readonly holdOnBusyDisk?: string;
  readonly hook?: readonly string[];
}

/** When writers may be held, and which hooks are called around it. */
export const stillOptions: readonly Option[] = [
  new Option('--hold-window <times...>', 'hold writers only then, like "mon-fri 22:00-06:00"; "any" for at any time'),
  new Option('--hold-on-battery <yes-or-no>', 'whether writers are held on battery; "no" copies live then'),
  new Option(
    '--busy-disk-wait <time>',
    'how long a quieter moment is waited for when others keep the disk busy, like 10s',
  ),
  new Option('--hold-on-busy-disk <yes-or-no>', 'whether writers are held when none came; "no" copies live then'),
  new Option('--hook <names...>', 'call these hooks around a hold, see "stillpoint hooks"; "none" for none'),
];

/** `before` with what was said changed. */
export function stillFrom(options: StillOptions, before: StillRules): StillRules {
  const { holdWindow, holdOnBattery, busyDiskWait, holdOnBusyDisk, hook } = options;
  const changed = {
    windows: holdWindow === undefined ? before.windows : windowsFrom(holdWindow, '--hold-window'),
    onBattery: holdOnBattery === undefined ? before.onBattery : holdOrLive(holdOnBattery, '--hold-on-battery'),
    busyDisk: {
      waitSeconds: busyDiskWait === undefined ? before.busyDisk.waitSeconds : seconds(busyDiskWait),
      afterwards:
        holdOnBusyDisk === undefined ? before.busyDisk.afterwards : holdOrLive(holdOnBusyDisk, '--hold-on-busy-disk'),
    },
    hooks: hook === undefined ? before.hooks : hooksFrom(hook),
  };
  return checked(stillRulesSchema, changed, {
    windows: '--hold-window',
    busyDisk: '--busy-disk-wait',
    hooks: '--hook',
  });
}

function hooksFrom(names: readonly string[]): string[] {
  const chosen = names.flatMap((each) => each.split(','));
  return chosen.length === 1 && chosen[0] === 'none' ? [] : chosen;
}

function holdOrLive(text: string, option: string): HoldOrLive {
  if (text === 'yes') return 'hold';
  if (text === 'no') return 'live';
  throw usage(option, `"${text}" is neither "yes" nor "no".`, 'With "no", files are copied live then.');
}

function seconds(text: string): number {
  const wanted = text === '0' ? 0 : parseDuration(text, '--busy-disk-wait') / 1000;
  if (Number.isInteger(wanted) && wanted >= 0 && wanted <= 600) return wanted;
  throw usage('--busy-disk-wait', `"${text}" is not from 0 to 10 minutes.`, 'Write it like 10s or 1m.');
}
