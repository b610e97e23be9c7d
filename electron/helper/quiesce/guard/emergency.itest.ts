import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { guardBinary } from './testing/guard-binary.ts';

const tools = ['prlimit', 'setpriv'].filter((name) => spawnSync(name, ['--version']).status !== 0);
const missing = process.getuid?.() !== 0 ? 'needs root' : tools.length > 0 ? `needs ${tools.join(', ')}` : undefined;

/** Starts guard and witness for a filesystem like the system's own, freezes nothing, and tells what they can do. */
const looking = `
  const [module, guardBinary, emergencyThaw] = process.argv.slice(1);
  const { startGuard } = await import(module);
  try {
    const options = { mountPath: '/dev/shm', guardBinary, leaseMs: 250, emergencyThaw: emergencyThaw === 'yes' };
    const guard = await startGuard(options);
    process.stdout.write(JSON.stringify(guard.abilities));
    await guard.close();
  } catch (error) {
    process.stdout.write(JSON.stringify({ kind: error.kind, message: error.message }));
  }`;

function startedBy(prefix: readonly string[], emergencyThaw: 'yes' | 'no'): unknown {
  const module = fileURLToPath(new URL('./index.ts', import.meta.url));
  const node = [process.execPath, '--no-warnings', '--input-type=module', '--eval', looking];
  const [program = '', ...args] = [...prefix, ...node, module, guardBinary(), emergencyThaw];
  return JSON.parse(spawnSync(program, args, { encoding: 'utf8' }).stdout);
}

function hasEmergencyThaw(): boolean {
  try {
    accessSync('/proc/sysrq-trigger', constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

const mayNotLock = ['prlimit', '--memlock=0:0', 'setpriv', '--bounding-set=-ipc_lock'];

it.skipIf(missing !== undefined)(
  `is given to the witness alone, where there is one${missing ? ` (${missing})` : ''}`,
  () => {
    expect(startedBy([], 'yes')).toMatchObject({
      guard: { memoryLocked: true, sysrqUsable: false },
      witness: { memoryLocked: true, sysrqUsable: hasEmergencyThaw() },
    });
    expect(startedBy([], 'no')).toMatchObject({ witness: { sysrqUsable: false } });
  },
);

it.skipIf(missing !== undefined)(`comes with locked memory or not at all${missing ? ` (${missing})` : ''}`, () => {
  expect(startedBy(mayNotLock, 'yes')).toEqual({
    kind: 'freeze-refused',
    message: expect.stringContaining('the system does not let it lock its memory'),
  });
  // Elsewhere it is only known: what is frozen there holds no page of theirs.
  expect(startedBy(mayNotLock, 'no')).toMatchObject({ guard: { memoryLocked: false } });
});
