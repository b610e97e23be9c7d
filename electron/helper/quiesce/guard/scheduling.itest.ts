import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { whyNoLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import { guardBinary } from './testing/guard-binary.ts';

const missing =
  whyNoLoopFilesystem('ext4') ?? (spawnSync('chrt', ['--version']).status === 0 ? undefined : 'needs chrt');

/** Starts guard and witness on a filesystem that is never frozen, and tells how they are scheduled. Source: proc_pid_stat(5). */
const looking = `
  import { readFileSync } from 'node:fs';
  const [module, mountPath, guardBinary] = process.argv.slice(1);
  const { startGuard } = await import(module);
  const guard = await startGuard({ mountPath, guardBinary, leaseMs: 1000 });
  const of = (pid) => {
    const stat = readFileSync('/proc/' + pid + '/stat', 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const processors = readFileSync('/proc/' + pid + '/status', 'latin1').match(/Cpus_allowed_list:\\s*(.*)/)[1];
    return { policy: Number(fields[38]), nice: Number(fields[16]), processors };
  };
  process.stdout.write(JSON.stringify(Object.values(guard.pids).map(of)));
  await guard.close();`;

it.skipIf(missing !== undefined)(
  `is scheduled well whatever its helper was left with${missing ? ` (${missing})` : ''}`,
  () => {
    const module = fileURLToPath(new URL('./index.ts', import.meta.url));
    const node = [process.execPath, '--no-warnings', '--input-type=module', '--eval', looking, module, '/dev/shm'];
    const told = spawnSync('taskset', ['-c', '0', 'chrt', '--idle', '0', ...node, guardBinary()], { encoding: 'utf8' });
    const ours = spawnSync('grep', ['Cpus_allowed_list', '/proc/self/status'], { encoding: 'utf8' }).stdout;
    const processors = ours.split(':')[1]?.trim();
    const ordinary = { policy: 0, nice: -20, processors };
    expect(JSON.parse(told.stdout)).toEqual([ordinary, ordinary]);
  },
);
