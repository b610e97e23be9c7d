import { isIPv4, isIPv6 } from 'node:net';

/** The host is this machine by its very name: what is sent there leaves it on no wire. Nothing is looked up. */
export function isLoopback(host: string): boolean {
  const name = bareHost(host).toLowerCase();
  if (name === 'localhost') return true;
  if (isIPv4(name)) return name.startsWith('127.');
  return isIPv6(name) && /^(0{1,4}:){7}0{0,3}1$|^::1$/.test(name);
}

/** `[::1]` as sockets want it: `::1`. */
export function bareHost(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}
