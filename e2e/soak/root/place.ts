import { setTimeout as sleep } from 'node:timers/promises';
import { guardBinary } from '../../../electron/helper/quiesce/guard/testing/guard-binary.ts';
import type { Guest } from '../../guest/index.ts';
import { guestEnvironment, guestNode, guestTree, installProduct, withGuest } from '../../guest/index.ts';
import type { BackupCase, RootCase, RootVerdict } from './case.ts';

/** What the guest has beside a small Debian: a second log, and what makes a thaw fail. */
const packages = ['rsyslog', 'strace', 'restic'];

/** What stands in the tree now, on the root that it holds. */
const guard = '/usr/local/lib/stillpoint-guard';

/** A guest whose root is busy and is held again and again. */
export interface RootPlace {
  readonly guest: Guest;
  /** Rejects with `GuestSilent` when the guest does not answer any more: it hangs. */
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
    await start(guest, 'load', ['/bin/sh', `${inside}/load.sh`]);
    const driver = [guestNode, '--no-warnings', `${inside}/driver.ts`];
    await start(guest, 'driver', [...driver, guard, '/srv/ordered']);
    await untilThere(guest, '/run/soak/up', 400_000);
    let next = 0;
    return use({
      guest,
      play: async (rootCase) => {
        const n = next++;
        const ask = `printf %s "$1" > /run/soak/case.new && mv /run/soak/case.new /run/soak/case-${n}
          until [ -e /run/soak/verdict-${n} ]; do sleep 0.05; done; cat /run/soak/verdict-${n}; rm /run/soak/verdict-${n} /run/soak/case-${n}`;
        const said = await guest
          .must(['sh', '-c', ask, 'sh', JSON.stringify(rootCase)], { timeoutMs: 400_000 })
          .catch(async (error: Error) => {
            // What was the matter, if the guest can still tell.
            const journal = await journalOf(guest).catch(() => '');
            error.message += `\n${journal}`;
            throw error;
          });
        return JSON.parse(said) as RootVerdict;
      },
    });
  });
}

/** As a unit of its own, as services are: in a control group that only root can write. */
async function start(guest: Guest, name: string, argv: readonly string[]): Promise<void> {
  const environment = Object.entries(guestEnvironment).map(([key, value]) => `--setenv=${key}=${value}`);
  await guest.must(['systemd-run', '--quiet', `--unit=soak-${name}`, ...environment, ...argv], { timeoutMs: 30_000 });
}

async function untilThere(guest: Guest, path: string, patienceMs: number): Promise<void> {
  for (const deadline = performance.now() + patienceMs; performance.now() < deadline; await sleep(500))
    if ((await guest.run(['test', '-e', path], { timeoutMs: 10_000 })).code === 0) return;
  const journal = await journalOf(guest);
  throw new Error(`in the guest, ${path} did not appear: ${journal}`);
}

function journalOf(guest: Guest): Promise<string> {
  const argv = ['journalctl', '-u', 'soak-driver', '-n', '40', '-o', 'short-monotonic', '--no-pager'];
  return guest.must(argv, { timeoutMs: 60_000 });
}
