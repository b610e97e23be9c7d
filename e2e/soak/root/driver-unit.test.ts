import { describe, expect, it } from 'vitest';
import type { Guest } from '../../guest/index.ts';
import { DriverUnit } from './driver-unit.ts';
import { AgainOnce, NodeFaulted } from './node-faults.ts';

const segv = 'ActiveState=failed\nMainPID=0\nExecMainCode=2\nExecMainStatus=11';
const failed = 'ActiveState=failed\nMainPID=0\nExecMainCode=1\nExecMainStatus=1';
const killed = 'ActiveState=failed\nMainPID=0\nExecMainCode=2\nExecMainStatus=9';
const runs = 'ActiveState=active\nMainPID=77\nExecMainCode=0\nExecMainStatus=0';
const fault = '[   15.8] V8Worker[345]: segfault at 18 ip 00007f sp 00007e error 4 in node[400000+1000]';
const moduleFault =
  '[   15.8] MainThread[345]: segfault at 8 ip 00007f sp 00007e error 4 in koffi.node[7fdb4da12000+66000]';
const libcFault =
  '[   15.8] MainThread[345]: segfault at 8 ip 00007f sp 00007e error 4 in libc.so.6[7fdb4da12000+66000]';
const codeFault =
  '[   15.8] MainThread[345]: segfault at 8 ip 00007f sp 00007e error 4 likely on CPU 1 (core 1, socket 0)';
const code = '[   15.9] Code: 48 8b 47 18';
const guardFault =
  '[   15.8] stillpoint-guar[345]: segfault at 18 ip 00007f sp 00007e error 4 in stillpoint-guard[400000+1000]';

interface Script {
  /** How the driver's unit stands, each time that is asked; the last one stays. */
  readonly states: readonly string[];
  /** What the driver says of a case; undefined: it is gone. */
  readonly verdict?: object;
  /** What the kernel has told once the driver is up. */
  readonly kernel?: string;
  readonly isToldAtOnce?: boolean;
}

/** A guest that is asked what `DriverUnit` asks, and answers from a script. */
function scripted({ states, verdict, kernel = '', isToldAtOnce = false }: Script): {
  unit: DriverUnit;
  started(): number;
} {
  const left = [...states];
  let starts = 0;
  let isUp = false;
  const answer = (argv: readonly string[]): { code: number; stdout: string; stderr: string } => {
    const said = (stdout: string, code = 0): ReturnType<typeof answer> => ({ code, stdout, stderr: '' });
    if (argv[0] === 'systemd-run') starts++;
    if (argv[0] === 'systemctl') {
      const state = (left.length > 1 ? left.shift() : left[0]) ?? '';
      isUp ||= state === runs;
      return said(state);
    }
    if (argv[0] === 'test') return said('', isUp ? 0 : 1);
    if (argv[0] === 'dmesg') return said(asked || isToldAtOnce ? kernel : '');
    if (argv[2]?.includes('verdict-') === true) {
      asked = true;
      return verdict === undefined ? said('', 75) : said(JSON.stringify(verdict));
    }
    return said('');
  };
  let asked = false;
  const guest = {
    run: (argv: readonly string[]) => Promise.resolve(answer(argv)),
    must: (argv: readonly string[]) => Promise.resolve(answer(argv).stdout),
  };
  const unit = new DriverUnit(guest as unknown as Guest, { argv: ['driver'], environment: {}, ordered: '/ordered' });
  return { unit, started: () => starts };
}

const hold = { victims: [], how: 'kill', when: 'frozen', delayMs: 0, holdMs: 0 } as const;
const good = { faults: [], facts: { held: true } };
const bad = { faults: ['a writer waited 9000 ms'], facts: {} };

describe('the driver in the guest', () => {
  it('is started again when Node ended in a SIGSEGV before it was up, twice at most, and tells so', async () => {
    const twice = scripted({ states: [segv, segv, runs] });
    await twice.unit.up();
    expect([twice.started(), twice.unit.faulted.length]).toEqual([3, 2]);
    const ever = scripted({ states: [segv] });
    await expect(ever.unit.up()).rejects.toThrow('started 3 times');
    expect(ever.started()).toBe(3);
  });

  it('is not started again when the kernel names a module of ours', async () => {
    const { unit, started } = scripted({ states: [segv, runs], kernel: moduleFault, isToldAtOnce: true });
    await expect(unit.up()).rejects.toThrow('koffi.node');
    expect(started()).toBe(1);
  });

  it.each([
    ['by itself', failed],
    ['by another signal', killed],
  ])('is not started again when it ended %s', async (_, state) => {
    const { unit, started } = scripted({ states: [state, runs] });
    await expect(unit.up()).rejects.toThrow('did not come up');
    expect(started()).toBe(1);
  });

  it('tells a driver that Node took along from one that failed', async () => {
    for (const kernel of [fault, codeFault]) {
      const struck = scripted({ states: [runs, segv], kernel });
      await struck.unit.up();
      await expect(struck.unit.play(hold)).rejects.toThrow(NodeFaulted);
    }
    for (const [state, kernel] of [[failed, ''] as const, [segv, ''] as const, [segv, moduleFault] as const]) {
      const ended = scripted({ states: [runs, state], kernel });
      await ended.unit.up();
      await expect(ended.unit.play(hold)).rejects.toThrow(/^in the guest, the driver ended/);
    }
  });

  it('excuses a verdict by what the kernel tells of Node, and of nobody else', async () => {
    const played = async (script: Omit<Script, 'states'>): Promise<unknown> => {
      const { unit } = scripted({ states: [runs], ...script });
      await unit.up();
      return unit.play(hold);
    };
    await expect(played({ verdict: bad, kernel: `${fault}\n${code}\n` })).rejects.toThrow(NodeFaulted);
    await expect(played({ verdict: bad, kernel: `${fault}\n${code}\n` })).rejects.toThrow(code);
    expect(await played({ verdict: bad, kernel: guardFault })).toEqual(bad);
    for (const told of [moduleFault, libcFault])
      expect(await played({ verdict: bad, kernel: told })).toEqual({ ...bad, faults: [...bad.faults, told] });
    expect(await played({ verdict: bad })).toEqual(bad);
    expect(await played({ verdict: good })).toEqual(good);
    expect(await played({ verdict: good, kernel: fault })).toEqual({
      faults: [],
      facts: { held: true, nodeFaults: 1 },
    });
  });

  it('is played once more in a run, not twice, and never for another failure', async () => {
    const again = new AgainOnce();
    let plays = 0;
    const struck = async (): Promise<void> => {
      plays++;
      throw new NodeFaulted([fault], undefined);
    };
    await expect(again.run(struck)).rejects.toThrow(NodeFaulted);
    expect(plays).toBe(2);
    await expect(again.run(struck)).rejects.toThrow(NodeFaulted);
    expect(plays).toBe(3);
    const failing = async (): Promise<void> => {
      plays++;
      throw new Error('a writer waited');
    };
    await expect(new AgainOnce().run(failing)).rejects.toThrow('a writer waited');
    expect(plays).toBe(4);
  });
});
