import type { QuiesceMethodName } from '../../../shared/domain/method.ts';

/** What each method does, for people; the beginning of a sentence. */
const deeds: Readonly<Record<QuiesceMethodName, string>> = {
  'precopy-freeze': 'Copying first and holding still for the rest',
  'fsfreeze-copy': 'Holding still for the whole copy',
  'btrfs-snapshot': 'A btrfs snapshot',
  'lvm-snapshot': 'An LVM snapshot',
  'zfs-snapshot': 'A ZFS snapshot',
  'tarantool-backup': 'A backup by Tarantool itself',
  'qemu-backup': 'A backup by QEMU',
  'openstack-image': 'An OpenStack image',
  live: 'Copying live',
};

/** A method that was not used, and why: whole sentences. */
export interface NotUsed {
  readonly method: QuiesceMethodName;
  readonly reason: string;
}

/**
 * One sentence for each reason, in order; what several methods were not used for is told once. `tried`: it was begun and
 * given up, rather than never begun.
 */
export function whyNotUsed(notUsed: readonly NotUsed[], how: 'impossible' | 'tried'): string[] {
  const reasons = [...new Set(notUsed.map(({ reason }) => reason))];
  return reasons.map((reason) => {
    const [first = '', ...others] = notUsed.filter((each) => each.reason === reason).map(({ method }) => deeds[method]);
    const link = how === 'impossible' ? 'was not possible' : 'was tried and given up';
    const also = how === 'impossible' ? ', nor was ' : ', and so was ';
    return `${first} ${link}${others.map((deed) => `${also}${lowerFirst(deed)}`).join('')}: ${reason}`;
  });
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
