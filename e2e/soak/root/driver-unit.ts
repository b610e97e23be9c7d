import { setTimeout as sleep } from 'node:timers/promises';
import { type Guest, startUnit, type UnitState, unitState } from '../../guest/index.ts';
import type { BackupCase, RootCase, RootVerdict } from './case.ts';
import { isInModule, isNodesOwn, NodeFaulted, nodeFaults } from './node-faults.ts';

const unit = 'soak-driver';
const segv = 11;
/** Of starts that Node did not survive: seen once, 3.6 s after a start, not reproduced; what is known is in `e2e/guest`'s README. */
const startsAgain = 2;
const upTimeoutMs = 400_000;
const caseTimeoutMs = 400_000;
/** What the shell says when it waits for somebody who is gone. */
const gone = 75;

export interface DriverProgram {
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** The folder it must find empty. */
  readonly ordered: string;
}

/** The program inside the guest that plays the cases, one after another. */
export class DriverUnit {
  readonly #guest: Guest;
  readonly #program: DriverProgram;
  readonly #faulted: string[] = [];
  #pid = 0;
  #next = 0;
  /** What the kernel had told before the program was up. */
  #faultsBefore = 0;

  constructor(guest: Guest, program: DriverProgram) {
    this.#guest = guest;
    this.#program = program;
  }

  /** Starts that ended in a SIGSEGV before the program said that it is up: what the journal and the kernel tell of each. */
  get faulted(): readonly string[] {
    return this.#faulted;
  }

  /**
   * Nothing of the product has been asked for before the program is up: a start that Node does not survive is made again,
   * twice at most, unless the kernel names a native module. Every other end is a failure.
   */
  async up(): Promise<void> {
    for (;;) {
      await startUnit(this.#guest, unit, this.#program.argv, this.#program.environment);
      const end = await this.#upOrOver();
      if (end === undefined) {
        this.#faultsBefore = (await nodeFaults(this.#guest)).length;
        return;
      }
      const told = await this.#told();
      const isExcused = end.killedBy === segv && !(await nodeFaults(this.#guest)).some(isInModule);
      if (!isExcused || this.#faulted.length >= startsAgain)
        throw new Error(`in the guest, the driver did not come up${this.#mention()}: ${told}`);
      this.#faulted.push(told);
      const clean = 'systemctl reset-failed "$1"; rm -rf "$2"';
      await this.#guest.must(['sh', '-c', clean, 'sh', `${unit}.service`, this.#program.ordered], {
        timeoutMs: 60_000,
      });
    }
  }

  /** Rejects with `GuestSilent` when the guest does not answer any more, and with `NodeFaulted` when Node was the matter. */
  async play(rootCase: RootCase | BackupCase): Promise<RootVerdict> {
    const verdict = await this.#ask(this.#next++, JSON.stringify(rootCase)).catch(async (error: Error) => {
      // What was the matter, if the guest can still tell.
      const told = await this.#told().catch(() => '');
      error.message += `${this.#mention()}\n${told}`;
      throw error;
    });
    // A child that was started ahead may have been struck in a case before, and is missed only now.
    const since = (await nodeFaults(this.#guest)).slice(this.#faultsBefore);
    if (verdict?.faults.length === 0)
      return since.length === 0 ? verdict : { ...verdict, facts: { ...verdict.facts, nodeFaults: since.length } };
    if (since.length > 0 && since.every(isNodesOwn)) throw new NodeFaulted(since, verdict);
    if (verdict !== undefined) return { ...verdict, faults: [...verdict.faults, ...since] };
    const { killedBy } = await this.#over();
    throw new Error(
      `in the guest, the driver ended${killedBy ? ` by signal ${killedBy}` : ''}${this.#mention()}: ${await this.#told()}`,
    );
  }

  /** Undefined when the driver ended without a verdict. */
  async #ask(n: number, text: string): Promise<RootVerdict | undefined> {
    const script = `cd /run/soak; printf %s "$1" > case.new && mv case.new case-${n}
      until [ -e verdict-${n} ]; do
        [ -d "/proc/$2" ] || [ -e verdict-${n} ] || exit ${gone}
        sleep 0.05
      done
      cat verdict-${n}; rm verdict-${n} case-${n}`;
    const argv = ['sh', '-c', script, 'sh', text, String(this.#pid)];
    const { code, stdout, stderr } = await this.#guest.run(argv, { timeoutMs: caseTimeoutMs });
    if (code === gone) return undefined;
    if (code !== 0) throw new Error(`in the guest, asking the driver ended with ${code}: ${stderr}`);
    return JSON.parse(stdout) as RootVerdict;
  }

  /** Undefined once it is up; how it stands when it is over, or was not up in time. */
  async #upOrOver(): Promise<UnitState | undefined> {
    for (const deadline = performance.now() + upTimeoutMs; ; await sleep(500)) {
      const state = await unitState(this.#guest, unit);
      this.#pid = state.mainPid;
      if (state.hasEnded || performance.now() > deadline) return state;
      if ((await this.#guest.run(['test', '-e', '/run/soak/up'], { timeoutMs: 10_000 })).code === 0) return undefined;
    }
  }

  /** Who is left of it is ended first, which takes a while. */
  async #over(): Promise<UnitState> {
    for (const deadline = performance.now() + 120_000; ; await sleep(500)) {
      const state = await unitState(this.#guest, unit);
      if (state.hasEnded || performance.now() > deadline) return state;
    }
  }

  async #told(): Promise<string> {
    const argv = ['journalctl', '-u', unit, '-n', '40', '-o', 'short-monotonic', '--no-pager'];
    const journal = await this.#guest.must(argv, { timeoutMs: 60_000 });
    return [journal, ...(await nodeFaults(this.#guest))].join('\n');
  }

  #mention(): string {
    const count = this.#faulted.length;
    return count === 0 ? '' : ` (started ${count + 1} times: Node ended in a SIGSEGV before it was up)`;
  }
}
