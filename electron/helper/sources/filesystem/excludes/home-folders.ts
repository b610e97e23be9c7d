import { readFileSync } from 'node:fs';

/** Where home folders are by custom, in the language of `place-pattern.ts`; also in a copy of another machine’s disk. */
export const usualHomes: readonly string[] = ['**/home/*', '**/@home/*', '/root', '/var/roothome', '/export/home/*'];

/** First uid of people. Source: login.defs(5), UID_MIN as every distribution has it. */
const firstPerson = 1000;
const nobody = 65534;

/**
 * Home folders of this machine’s people that are not where one would look for them. Source: passwd(5). Read once when a
 * source is looked at, kept with what it left out: another machine has others.
 */
export function unusualHomes(passwd: string = accounts()): readonly string[] {
  const homes = new Set<string>();
  for (const line of passwd.split('\n')) {
    const [, , id, , , home = ''] = line.split(':');
    const uid = Number(id);
    if ((uid < firstPerson && uid !== 0) || uid === nobody || !/^\/[^/].*[^/]$/.test(home)) continue;
    const names = home.split('/').slice(1);
    const isUsual = names.at(-2) === 'home' || home === '/root' || home === '/var/roothome';
    if (!isUsual && !names.includes('..') && !names.includes('.')) homes.add(home);
  }
  return [...homes];
}

function accounts(): string {
  try {
    return readFileSync('/etc/passwd', 'utf8');
  } catch {
    return '';
  }
}
