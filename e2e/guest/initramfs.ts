import { copyFileSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { runHere } from './program.ts';

/** What the kernel needs to see its disk. ext4 is built in; everything else is loaded by udev, from the root. */
const modules = ['virtio_blk', 'virtio_pci'];
const applets = ['sh', 'insmod', 'mount', 'sleep', 'switch_root', 'mkdir'];

const init = (files: readonly string[]): string => `#!/bin/sh
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
for each in ${files.join(' ')}; do insmod /modules/$each; done
i=0
while [ ! -b /dev/vda ] && [ $i -lt 500 ]; do sleep 0.02; i=$((i+1)); done
mount -t ext4 -o rw,relatime /dev/vda /root || exec sh
mount --move /dev /root/dev
mount --move /sys /root/sys
mount --move /proc /root/proc
exec switch_root /root /sbin/init
`;

/** Writes the smallest initramfs that leads to the first disk as root, made of what lies in `tree`. */
export async function writeInitramfs(tree: string, staging: string, output: string): Promise<void> {
  for (const folder of ['bin', 'modules', 'proc', 'sys', 'dev', 'root'])
    mkdirSync(join(staging, folder), { recursive: true });
  const busybox = join(tree, 'usr/bin/busybox');
  copyFileSync(busybox, join(staging, 'bin/busybox'));
  for (const applet of applets) symlinkSync('busybox', join(staging, 'bin', applet));
  const files = withDependencies(tree, modules);
  for (const path of files) copyFileSync(path, join(staging, 'modules', basename(path)));
  writeFileSync(join(staging, 'init'), init(files.map((path) => basename(path))), { mode: 0o755 });
  const names = await runHere('find', ['.'], { cwd: staging });
  await runHere('sh', ['-c', 'exec "$1" cpio -o -H newc > "$2"', 'sh', busybox, output], {
    cwd: staging,
    input: names,
  });
}

/** Paths of modules in the order in which they must be loaded. Source: modules.dep(5). */
function withDependencies(tree: string, names: readonly string[]): string[] {
  const [release = ''] = readdirSync(join(tree, 'usr/lib/modules'));
  const folder = join(tree, 'usr/lib/modules', release);
  const found: string[] = [];
  for (const line of readFileSync(join(folder, 'modules.dep'), 'latin1').split('\n')) {
    const [path = '', needs = ''] = line.split(':');
    if (!names.includes(basename(path, '.ko'))) continue;
    found.push(...needs.split(' ').filter(Boolean).toReversed(), path);
  }
  return [...new Set(found)].map((path) => join(folder, path));
}
