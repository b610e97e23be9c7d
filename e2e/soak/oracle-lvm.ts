import type { GuestReport } from '../../electron/helper/quiesce/atomic/lvm/testing/guest-check.ts';
import { guestEnvironment, guestNode, guestTree, installProduct, whyNoGuest, withGuest } from '../guest/index.ts';
import { type CaseResult, runSoak } from '../harness/soak.ts';

// LVM's snapshots, judged by ordered writes inside a guest with real volumes, thick and thin, ext4 and xfs. Slow: under
// emulation a single lvcreate takes seconds, and a repetition half an hour.

const missing = whyNoGuest();
if (missing !== undefined) throw new Error(`soak oracle-lvm ${missing}`);

/** Of each kind of volume and each plan, in one repetition. */
const copiesOfEach = 2;
const check = `${guestTree}/electron/helper/quiesce/atomic/lvm/testing/guest-check.ts`;
const packages = ['lvm2', 'thin-provisioning-tools', 'xfsprogs'];
const disk = { name: 'data', sizeMiB: 3072 };

async function round(): Promise<CaseResult> {
  return withGuest({ memoryMiB: 1024, packages, disks: [disk] }, async (guest) => {
    await installProduct(guest);
    const argv = [guestNode, '--no-warnings', check, `/dev/disk/by-id/virtio-${disk.name}`, String(copiesOfEach)];
    const { code, stdout, stderr } = await guest.run(argv, { timeoutMs: 3_600_000, environment: guestEnvironment });
    if (stdout.trim() === '') throw new Error(`guest-check ended with ${code}: ${stderr.slice(-2000)}`);
    const { ok, verdicts, accidents, left } = JSON.parse(stdout) as GuestReport;
    const sum = (figure: (verdict: GuestReport['verdicts'][number]) => number): number =>
      verdicts.reduce((total, verdict) => total + figure(verdict), 0);
    const problems = verdicts.flatMap(({ volume, plan, broken, failed }) =>
      [...broken, ...failed].map((text) => `${volume} ${plan}: ${text}`),
    );
    return {
      ok,
      facts: {
        copies: sum(({ copies }) => copies),
        broken: sum(({ broken }) => broken.length),
        stale: sum(({ stale }) => stale),
        failed: sum(({ failed }) => failed.length),
        'longest step ms': Math.round(Math.max(...verdicts.map(({ longestStepMs }) => longestStepMs))),
        accidents: Object.entries(accidents)
          .flatMap(([what, text]) => (text === '' ? [] : [`${what}: ${text}`]))
          .join('; '),
        left: left.join(', '),
        problems: problems.slice(0, 3).join('; '),
      },
    };
  });
}

await runSoak('oracle-lvm', [{ name: 'copies of volumes', count: 2, run: round }], process.argv.slice(2));
