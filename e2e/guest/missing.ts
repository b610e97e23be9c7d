import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const needed: readonly (readonly [program: string, debianPackage: string])[] = [
  ['qemu-system-x86_64', 'qemu-system-x86'],
  ['qemu-img', 'qemu-utils'],
  ['mke2fs', 'e2fsprogs'],
  ['tar', 'tar'],
  ['mmdebstrap', 'mmdebstrap'],
];

/** Why no guest can be started here, or undefined when one can. Looks only. */
export function whyNoGuest(): string | undefined {
  if (process.arch !== 'x64') return `needs x86-64, this is ${process.arch}`;
  if (process.getuid?.() !== 0) return 'needs root, to build an image with the owners of its files';
  const missing = needed.filter(([program]) => !isInstalled(program)).map(([, debianPackage]) => debianPackage);
  return missing.length === 0 ? undefined : `needs ${missing.join(', ')}`;
}

function isInstalled(program: string): boolean {
  const folders = `${process.env.PATH ?? ''}${delimiter}/usr/sbin${delimiter}/sbin`.split(delimiter);
  return folders.some((folder) => folder !== '' && existsSync(join(folder, program)));
}
