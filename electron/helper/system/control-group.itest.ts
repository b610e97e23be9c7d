import { type ChildProcess, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { leaveForeignControlGroups, whoseControlGroup } from './control-group.ts';
import { listMounts } from './mounts.ts';

const top = listMounts().find(({ fsType, root }) => fsType === 'cgroup2' && root === '/')?.mountPoint;
const missing =
  process.getuid?.() !== 0
    ? 'needs root'
    : top === undefined
      ? 'needs the second version of control groups'
      : undefined;
const someone = 65_534;

describe.skipIf(missing !== undefined)(`control groups${missing === undefined ? '' : ` (${missing})`}`, () => {
  const group = `${top}/stillpoint-test-${process.pid}`;
  let child: ChildProcess;
  const pid = (): number => child.pid ?? -1;

  beforeEach(() => {
    mkdirSync(group);
    child = spawn('sleep', ['60'], { stdio: 'ignore' });
    writeFileSync(`${group}/cgroup.procs`, String(child.pid));
  });
  afterEach(async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    await expect.poll(() => readFileSync(`${group}/cgroup.procs`, 'utf8')).toBe('');
    rmdirSync(group);
    if (existsSync(`${top}/stillpoint`)) rmdirSync(`${top}/stillpoint`);
  });
  /** As systemd hands a part of the tree to a user. */
  const delegate = (): void => {
    for (const name of ['', ...readdirSync(group)]) chownSync(`${group}/${name}`, someone, someone);
  };

  it('are nobody’s concern while only root can write to them', () => {
    expect(whoseControlGroup(pid())).toBeUndefined();
  });

  it('name whoever could kill or freeze everything in them', () => {
    delegate();
    expect(whoseControlGroup(pid())).toMatch(/65534.*stillpoint-test/);
  });

  it('are found out by the files too, and by the groups above', () => {
    chownSync(`${group}/cgroup.procs`, someone, someone);
    expect(whoseControlGroup(pid())).toMatch(/65534/);
    chownSync(`${group}/cgroup.procs`, 0, 0);
    const inner = `${group}/inner`;
    mkdirSync(inner);
    writeFileSync(`${inner}/cgroup.procs`, String(child.pid));
    delegate();
    try {
      expect(whoseControlGroup(pid())).toMatch(/65534/);
    } finally {
      writeFileSync(`${group}/cgroup.procs`, String(child.pid));
      rmdirSync(inner);
    }
  });

  it.skipIf(existsSync('/run/systemd/system'))('are left for our own', async () => {
    delegate();
    await leaveForeignControlGroups([pid()]);
    expect(whoseControlGroup(pid())).toBeUndefined();
    expect(readFileSync(`/proc/${pid()}/cgroup`, 'utf8')).toMatch(/^0::\/stillpoint$/m);
  });
});
