import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { writeInitramfs } from './initramfs.ts';
import { runHere } from './program.ts';

/** What every guest has: an init system, a journal, an agent to talk to, and the tools for its own root. */
const always = [
  ...['systemd-sysv', 'dbus', 'udev', 'kmod', 'util-linux', 'procps', 'e2fsprogs', 'tar'],
  ...['qemu-guest-agent', 'busybox-static', 'linux-image-cloud-amd64'],
];
const suite = 'bookworm';
const rootMiB = 2048;

/** Nothing a guest needs comes from them, and each costs seconds under emulation. */
const masked = [
  ...['apt-daily.timer', 'apt-daily-upgrade.timer', 'dpkg-db-backup.timer', 'e2scrub_all.timer', 'fstrim.timer'],
  ...['systemd-timesyncd.service', 'systemd-networkd.service', 'systemd-networkd-wait-online.service'],
  ...['systemd-resolved.service', 'getty@tty1.service', 'serial-getty@ttyS0.service', 'e2scrub_reap.service'],
  ...['systemd-binfmt.service', 'systemd-pstore.service', 'ldconfig.service', 'systemd-update-utmp-runlevel.service'],
];

export interface GuestImage {
  readonly kernel: string;
  readonly initramfs: string;
  /** Raw ext4; never written to, guests run on overlays of it. */
  readonly disk: string;
}

/**
 * The image with these Debian packages, built when no earlier one has the same recipe. Building takes about a minute, a
 * mirror of Debian, and some 600 MB; the finished image lies in the user's cache folder.
 */
export async function guestImage(packages: readonly string[], log: (line: string) => void): Promise<GuestImage> {
  const key = recipe(packages);
  const folder = join(cacheFolder(), key);
  const image = {
    kernel: join(folder, 'vmlinuz'),
    initramfs: join(folder, 'initramfs'),
    disk: join(folder, 'root.ext4'),
  };
  if (existsSync(folder)) return image;
  mkdirSync(cacheFolder(), { recursive: true, mode: 0o700 });
  const startedAt = performance.now();
  log(`guest: building an image of Debian ${suite} (once; ${cacheFolder()})`);
  const staging = mkdtempSync(join(cacheFolder(), 'building-'));
  try {
    await build(packages, staging);
    // Two may build at once: the first finished one is kept.
    if (!existsSync(folder)) renameSync(join(staging, 'image'), folder);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
  const megabytes = Math.round(Object.values(image).reduce((sum, path) => sum + statSync(path).blocks * 512, 0) / 1e6);
  log(`guest: built in ${((performance.now() - startedAt) / 1000).toFixed(0)} s, ${megabytes} MB`);
  return image;
}

async function build(packages: readonly string[], staging: string): Promise<void> {
  const tree = join(staging, 'tree');
  const out = join(staging, 'image');
  mkdirSync(out);
  const left = ['doc', 'man', 'locale', 'info'].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`);
  const options = ['--variant=minbase', '--aptopt=Acquire::Languages "none"', ...left];
  await runHere('mmdebstrap', [...options, `--include=${[...always, ...packages].join(',')}`, suite, tree]);
  settle(tree);
  const [kernel = ''] = readdirSync(join(tree, 'boot')).filter((name) => name.startsWith('vmlinuz-'));
  renameSync(join(tree, 'boot', kernel), join(out, 'vmlinuz'));
  rmSync(join(tree, 'boot'), { recursive: true });
  mkdirSync(join(tree, 'boot'));
  await writeInitramfs(tree, join(staging, 'initramfs'), join(out, 'initramfs'));
  // As an installer would make it; the hash of directory names and all checksums as on a desktop.
  await runHere('mke2fs', ['-q', '-t', 'ext4', '-L', 'root', '-d', tree, join(out, 'root.ext4'), `${rootMiB}M`]);
}

function settle(tree: string): void {
  writeFileSync(join(tree, 'etc/hostname'), 'guest\n');
  writeFileSync(join(tree, 'etc/fstab'), '');
  // Made at the first boot otherwise, which waits for it.
  writeFileSync(join(tree, 'etc/machine-id'), `${createHash('md5').update('guest').digest('hex')}\n`);
  mkdirSync(join(tree, 'etc/systemd/system'), { recursive: true });
  for (const unit of masked) {
    const path = join(tree, 'etc/systemd/system', unit);
    rmSync(path, { force: true });
    symlinkSync('/dev/null', path);
  }
}

/** Of everything that decides what is in it, this code included. Updates of Debian come with another recipe only. */
function recipe(packages: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of ['image.ts', 'initramfs.ts']) hash.update(readFileSync(join(import.meta.dirname, file)));
  hash.update([...packages].sort().join(' '));
  return hash.digest('hex').slice(0, 16);
}

function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'stillpoint', 'guest-images');
}
