import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';

/** A control group whose processes can be frozen, by version 1 or 2 of the kernel's interface. */
export interface FreezableGroup {
  add(pid: number): void;
  freeze(): void;
  thaw(): void;
  /** Its processes must have ended or moved. */
  remove(): void;
}

const hierarchies = [
  { root: '/sys/fs/cgroup/freezer', file: 'freezer.state', frozen: 'FROZEN', running: 'THAWED' },
  { root: '/sys/fs/cgroup', file: 'cgroup.freeze', frozen: '1', running: '0' },
  { root: '/sys/fs/cgroup/unified', file: 'cgroup.freeze', frozen: '1', running: '0' },
];

export function makeFreezableGroup(): FreezableGroup {
  for (const { root, file, frozen, running } of hierarchies) {
    const directory = `${root}/stillpoint-test-${process.pid}`;
    const home = `${root}/cgroup.procs`;
    if (!existsSync(home)) continue;
    try {
      mkdirSync(directory, { recursive: true });
    } catch {
      continue;
    }
    if (existsSync(`${directory}/${file}`))
      return {
        add: (pid) => writeFileSync(`${directory}/cgroup.procs`, String(pid)),
        freeze: () => writeFileSync(`${directory}/${file}`, frozen),
        thaw: () => writeFileSync(`${directory}/${file}`, running),
        remove: () => {
          const left = readFileSync(`${directory}/cgroup.procs`, 'latin1').split('\n').filter(Boolean);
          for (const pid of left) writeFileSync(home, pid);
          rmdirSync(directory);
        },
      };
    rmdirSync(directory);
  }
  throw new Error('this test needs a control group hierarchy with a freezer');
}
