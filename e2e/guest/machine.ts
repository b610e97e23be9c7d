import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GuestImage } from './image.ts';
import { runHere } from './program.ts';

export interface MachineOptions {
  readonly memoryMiB: number;
  readonly processors: number;
  readonly disks: readonly { readonly name: string; readonly sizeMiB: number }[];
  readonly kernelArguments: readonly string[];
}

/** A running QEMU. Everything it needs lies in one folder. */
export interface Machine {
  readonly pid: number;
  readonly agentSocket: string;
  /** A raw disk that both sides read and write, in turn: `/dev/disk/by-id/virtio-exchange` inside. */
  readonly exchange: string;
  /** What the kernel and the services said on the console. */
  console(): string;
  /** As when the power is cut. Resolves when the process is gone. */
  kill(): Promise<void>;
  isRunning(): boolean;
}

export const exchangeMiB = 2048;

/** Starts a machine on an overlay of the image: nothing it does outlives `folder`. Software emulation only. */
export async function startMachine(image: GuestImage, folder: string, options: MachineOptions): Promise<Machine> {
  const at = (name: string): string => join(folder, name);
  await runHere('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', image.disk, at('root.qcow2')]);
  const raw = [{ name: 'exchange', sizeMiB: exchangeMiB }, ...options.disks];
  for (const { name, sizeMiB } of raw) {
    writeFileSync(at(`${name}.raw`), '', { mode: 0o600 });
    truncateSync(at(`${name}.raw`), sizeMiB * 1024 * 1024);
  }
  const log = openSync(at('qemu.log'), 'w', 0o600);
  const drives = [
    ...disk('root', at('root.qcow2'), 'qcow2'),
    ...raw.flatMap(({ name }) => disk(name, at(`${name}.raw`), 'raw')),
  ];
  const kernelArguments = [
    ...['console=ttyS0', 'panic=-1', 'quiet', 'mitigations=off', 'net.ifnames=0', 'systemd.show_status=false'],
    ...options.kernelArguments,
  ];
  const child = spawn(
    'qemu-system-x86_64',
    [
      ...[
        '-machine',
        'q35,accel=tcg',
        '-cpu',
        'max',
        '-m',
        String(options.memoryMiB),
        '-smp',
        String(options.processors),
      ],
      ...['-nodefaults', '-no-user-config', '-display', 'none', '-nic', 'none', '-no-reboot'],
      ...['-kernel', image.kernel, '-initrd', image.initramfs, '-append', kernelArguments.join(' ')],
      ...['-serial', `file:${at('console')}`],
      ...['-device', 'virtio-rng-pci', '-device', 'virtio-serial-pci'],
      ...['-chardev', `socket,id=agent,path=${at('agent')},server=on,wait=off`],
      ...['-device', 'virtserialport,chardev=agent,name=org.qemu.guest_agent.0'],
      ...drives,
    ],
    { stdio: ['ignore', log, log], detached: true },
  );
  closeSync(log);
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const { pid } = child;
  if (pid === undefined) {
    await exited;
    throw new Error('qemu-system-x86_64 could not be started');
  }
  const heir = startHeir(pid, folder);
  // Its number can be another process's from then on.
  child.once('exit', () => heir.kill('SIGKILL'));
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  return {
    pid,
    agentSocket: at('agent'),
    exchange: at('exchange.raw'),
    console: () => readOrNothing(at('console')) + readOrNothing(at('qemu.log')),
    isRunning,
    kill: async () => {
      end(child);
      await exited;
    },
  };
}

/** Nothing has to outlive a crash of this machine, so nothing is flushed here; the guest sees a disk with a cache. */
function disk(name: string, path: string, format: 'raw' | 'qcow2'): string[] {
  const drive = `if=none,id=${name},file=${path},format=${format},cache=unsafe,discard=unmap,file.locking=off`;
  return ['-drive', drive, '-device', `virtio-blk-pci,drive=${name},serial=${name}`];
}

/** Ends the machine and removes its folder if this process ends without having done so: its input ends then. */
function startHeir(pid: number, folder: string): ChildProcess {
  const script = 'read -r _; kill -9 "$1"; sleep 1; rm -rf "$2"';
  const heir = spawn('sh', ['-c', script, 'sh', String(pid), folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  heir.unref();
  return heir;
}

function end(child: ChildProcess): void {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
