import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const udisksd = '/usr/libexec/udisks2/udisksd';
const polkitd = ['/usr/lib/polkit-1/polkitd', '/usr/libexec/polkitd'].find((path) => existsSync(path)) ?? '';
const relayProgram = fileURLToPath(new URL('./udev-relay.py', import.meta.url));
const megabytes = 32;

/** Whose rights something has. */
export interface Who {
  readonly uid: number;
  readonly gid: number;
}

/** A part of the disk: ext4, or made to look encrypted, which has nothing in it that could be mounted. */
export interface Part {
  readonly label: string;
  readonly isEncrypted?: boolean;
}

/**
 * A mount namespace with the real udisksd and the real polkitd on a system bus of their own, and in it the parts of one
 * removable disk: loop devices that udev's database, kept by hand there, calls a USB disk, and whose `removable` says so.
 * Nothing outside it sees a mount, a rule or a record of it. No udevd is there; what it would tell of these disks `udev-relay.py`
 * tells, in a network of its own: udisksd waits for that word after each mount and unmount.
 */
export interface DiskRoom {
  /** Of the bus. */
  readonly address: string;
  /** The command, run where these disks are. */
  within(command: readonly string[], who?: Who): [string, string[]];
  /** Mounts a part as a desktop does for its user, and says where. */
  mount(label: string, who: Who): Promise<string>;
  /** The kernel's word on where parts of the disk are mounted. */
  mounted(): string[];
  /** Nothing of it is mounted any more, whatever is in use, as when a disk is pulled. */
  unplug(): void;
  stop(): Promise<void>;
}

/** Why there can be none here; empty where it can. */
export function whyNoDiskRoom(): string {
  if (process.getuid?.() !== 0) return 'needs root';
  if (!existsSync(udisksd)) return 'needs udisksd';
  if (polkitd === '') return 'needs polkitd';
  return existsSync('/dev/loop-control') ? '' : 'needs loop devices';
}

/** One disk. Everyone may mount it, as who sits before a machine may. */
export async function openDiskRoom(...parts: readonly Part[]): Promise<DiskRoom> {
  const folder = mkdtempSync(join(tmpdir(), 'stillpoint-disks-'));
  // Everybody may go to the bus in it.
  chmodSync(folder, 0o755);
  const undo: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const loops = parts.map((part) => {
      const loop = attach(folder, part.label);
      undo.push(() => execFileSync('losetup', ['--detach', loop]));
      return { ...part, loop };
    });
    const devices = loops.map(({ loop }) => basename(loop));
    const holder = await held(namespaceScript(folder, loops));
    undo.push(() => end(holder));
    const within: DiskRoom['within'] = (command, who) => [
      'nsenter',
      [
        `--mount=/proc/${holder.pid}/ns/mnt`,
        ...(who === undefined ? [] : ['setpriv', `--reuid=${who.uid}`, `--regid=${who.gid}`, '--clear-groups']),
        ...command,
      ],
    ];
    /** Only for who listens to udev and who speaks for it: what a test starts keeps the network it came with. */
    const inNetwork = (command: readonly string[]): string[] => [
      ...['nsenter', `--net=/proc/${holder.pid}/ns/net`],
      ...command,
    ];
    const mounted = (): string[] =>
      readFileSync(`/proc/${holder.pid}/mounts`, 'utf8')
        .split('\n')
        .filter((line) => devices.some((device) => line.startsWith(`/dev/${device} `)))
        .map((line) => line.split(' ')[1] ?? '');
    const unplug = (): void => {
      for (const place of mounted()) execFileSync(...within(['umount', '--lazy', place]));
    };
    undo.push(unplug);

    const address = `unix:path=${join(folder, 'bus')}`;
    const environment = { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', DBUS_SYSTEM_BUS_ADDRESS: address };
    const daemon = async (name: string, command: readonly string[]): Promise<void> => {
      const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...within(command).flat()], {
        env: environment,
        stdio: 'ignore',
      });
      undo.push(() => end(child));
      await promisify(execFile)('gdbus', ['wait', '--system', '--timeout', '20', name], { env: environment });
    };
    const config = join(folder, 'bus.conf');
    writeFileSync(config, busConfig(address));
    const bus = spawn('setpriv', [
      ...['--pdeathsig', 'KILL', 'dbus-daemon', `--config-file=${config}`],
      ...['--nofork', '--nopidfile', '--nosyslog', '--print-address'],
    ]);
    undo.push(() => end(bus));
    await once(createInterface({ input: bus.stdout }), 'line');
    const relay = spawn(
      'setpriv',
      ['--pdeathsig', 'KILL', ...within(inNetwork(['/usr/bin/python3', relayProgram])).flat()],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    undo.push(() => end(relay));
    await once(createInterface({ input: relay.stdout }), 'line');
    await daemon('org.freedesktop.PolicyKit1', [polkitd, '--no-debug']);
    await daemon('org.freedesktop.UDisks2', inNetwork([udisksd]));
    return {
      address,
      within,
      mount: async (label, who) => {
        const { loop = '' } = loops.find((each) => each.label === label) ?? {};
        const command = within(['udisksctl', 'mount', '--no-user-interaction', '--block-device', loop], who);
        const { stdout } = await promisify(execFile)(...command, { env: environment });
        return / at (.+?)\.?\n/.exec(stdout)?.[1] ?? '';
      },
      mounted,
      unplug,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function attach(folder: string, label: string): string {
  const image = join(folder, `${label}.img`);
  writeFileSync(image, '');
  truncateSync(image, megabytes * 1024 ** 2);
  execFileSync('mkfs.ext4', ['-q', '-F', '-m', '0', '-L', label, '-E', 'root_owner=65534:65534', image]);
  // Who plugs it in owns what is on it.
  execFileSync('debugfs', ['-w', '-R', 'sif / mode 040777', image], { stdio: 'ignore' });
  return execFileSync('losetup', ['--find', '--show', image], { encoding: 'utf8' }).trim();
}

/** Source: udev's database as libudev reads it, `/run/udev/data/b<major>:<minor>`, and `man 7 udisks` for its properties. */
function namespaceScript(folder: string, loops: readonly (Part & { readonly loop: string })[]): string {
  const records = loops.map(({ label, isEncrypted, loop }) => {
    const number = statSync(loop).rdev;
    const record = [
      'I:1',
      ...(isEncrypted
        ? ['ID_FS_USAGE=crypto', 'ID_FS_TYPE=crypto_LUKS']
        : ['ID_FS_USAGE=filesystem', 'ID_FS_TYPE=ext4']),
      ...[`ID_FS_LABEL=${label}`, `ID_FS_LABEL_ENC=${label}`],
      ...['ID_BUS=usb', 'ID_VENDOR=Stillpoint', 'ID_MODEL=Disk', 'ID_SERIAL=Stillpoint_Disk', 'ID_SERIAL_SHORT=1'],
      'UDISKS_SYSTEM=0',
    ].map((line) => (line.includes('=') ? `E:${line}` : line));
    return `printf '%s\\n' ${record.map((line) => `'${line}'`).join(' ')} > /run/udev/data/b${(number >> 8) & 0xfff}:${number & 0xff}
mount --bind /run/one /sys/devices/virtual/block/${basename(loop)}/removable`;
  });
  const rules = join(folder, 'rules.js');
  writeFileSync(
    rules,
    `polkit.addRule(function (action) {
  if (action.id == 'org.freedesktop.udisks2.filesystem-mount') return polkit.Result.YES;
});\n`,
  );
  return `set -e
for each in /run /media /var/lib/udisks2 /etc/polkit-1/rules.d; do mount -t tmpfs stillpoint-test $each; done
install -m 644 ${rules} /etc/polkit-1/rules.d/00-stillpoint-test.rules
mkdir -p /run/udev/data
echo 1 > /run/one
${records.join('\n')}
echo ready
# Until the end of this pipe: what made it is gone then.
exec cat`;
}

async function held(script: string): Promise<ChildProcess> {
  const child = spawn('unshare', ['--mount', '--propagation', 'private', '--net', 'sh', '-c', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`the namespace was not made: ${code}`);
  });
  await Promise.race([once(lines, 'line'), failed]);
  failed.catch(() => undefined);
  return child;
}

function busConfig(address: string): string {
  const rules =
    '<allow user="*"/><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>';
  return `<busconfig><type>system</type><listen>${address}</listen><auth>EXTERNAL</auth>
<policy context="default">${rules}</policy></busconfig>`;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
