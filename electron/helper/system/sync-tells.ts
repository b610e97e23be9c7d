import { release } from 'node:os';

let tells: boolean | undefined;

/** Whether syncfs(2) tells what could not be written, as fsync does. Source: its manual page, Linux 5.8. */
export function syncfsTells(): boolean {
  tells ??= isAtLeast(release(), 5, 8);
  return tells;
}

export function isAtLeast(version: string, major: number, minor: number): boolean {
  const [its = 0, minors = 0] = version.split('.', 2).map((part) => Number.parseInt(part, 10));
  return its > major || (its === major && minors >= minor);
}
