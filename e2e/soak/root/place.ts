import { guardBinary } from '../../../electron/helper/quiesce/guard/testing/guard-binary.ts';
import type { Guest } from '../../guest/index.ts';
import { guestEnvironment, guestNode, guestTree, installProduct, startUnit, withGuest } from '../../guest/index.ts';
import type { BackupCase, RootCase, RootVerdict } from './case.ts';
import { DriverUnit } from './driver-unit.ts';

/** What the guest has beside a small Debian: a second log, and what makes a thaw fail. */
const packages = ['rsyslog', 'strace', 'restic'];

/** What stands in the tree now, on the root that it holds. */
const guard = '/usr/local/lib/stillpoint-guard';

/** A guest whose root is busy and is held again and again. */
export interface RootPlace {
  readonly guest: Guest;
  /**
   * Rejects with `GuestSilent` when the guest does not answer any more: it hangs. With `NodeFaulted` when Node ended in a
   * SIGSEGV: the case shows nothing then, and whoever plays it again does so in another guest.
   */
  play(rootCase: RootCase | BackupCase): Promise<RootVerdict>;
}

export function withRootPlace<T>(use: (place: RootPlace) => Promise<T>): Promise<T> {
  return withGuest({ packages, memoryMiB: 1024 }, async (guest) => {
    await installProduct(guest, ['e2e/soak/root']);
    await guest.copyIn(guardBinary(), guard);
    await guest.must(['chown', 'root:root', guard], { timeoutMs: 10_000 });
    // Where a helper that runs from its sources looks for it.
    const beside = `${guestTree}/electron/native`;
    await guest.must(['install', '-D', guard, `${beside}/stillpoint-guard`], { timeoutMs: 10_000 });
    await guest.must(['mkdir', '-p', '/run/soak', '/var/log/journal'], { timeoutMs: 10_000 });
    await guest.must(['systemctl', 'restart', 'systemd-journald'], { timeoutMs: 30_000 });
    const inside = `${guestTree}/e2e/soak/root/inside`;
    await startUnit(guest, 'soak-load', ['/bin/sh', `${inside}/load.sh`]);
    const ordered = '/srv/ordered';
    const argv = [guestNode, '--no-warnings', `${inside}/driver.ts`, guard, ordered];
    const driver = new DriverUnit(guest, { argv, environment: guestEnvironment, ordered });
    await driver.up();
    for (const told of driver.faulted)
      console.log(`soak root: the driver is started again, Node ended in a SIGSEGV: ${told}`);
    return use({ guest, play: (rootCase) => driver.play(rootCase) });
  });
}
