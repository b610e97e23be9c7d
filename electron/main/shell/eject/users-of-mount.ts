import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

/** Names of programs that use something below a mount point; those of other users cannot be seen. */
export type Users = (mountPoint: string) => Promise<string[]>;

export const usersOfMount: Users = async (mountPoint) => {
  const processes = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const names = await Promise.all(
    processes.map(async (pid) => ((await uses(join('/proc', pid), mountPoint)) ? nameOf(pid) : undefined)),
  );
  return [...new Set(names.filter((name) => name !== undefined))].toSorted();
};

async function uses(process: string, mountPoint: string): Promise<boolean> {
  const open = await readdir(join(process, 'fd')).catch(() => []);
  const links = ['cwd', 'root', 'exe', ...open.map((number) => join('fd', number))];
  const targets = await Promise.all(links.map((link) => readlink(join(process, link)).catch(() => '')));
  return targets.some((target) => target === mountPoint || target.startsWith(`${mountPoint}/`));
}

async function nameOf(pid: string): Promise<string | undefined> {
  const name = (await readFile(join('/proc', pid, 'comm'), 'utf8').catch(() => '')).trim();
  return name === '' ? undefined : name;
}

/** `a`, `a and b`, `a, b and 2 more`. */
export function listed(names: readonly string[]): string {
  if (names.length <= 2) return names.join(' and ');
  if (names.length === 3) return `${names[0]}, ${names[1]} and ${names[2]}`;
  return `${names[0]}, ${names[1]} and ${names.length - 2} more`;
}
