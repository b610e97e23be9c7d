import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { startProbe, type WriterProbe } from '../../../../electron/helper/quiesce/guard/index.ts';
import {
  checkPrefix,
  type OrderedWriter,
  type WriterPlan,
} from '../../../../electron/helper/quiesce/testing/ordered-writer/index.ts';
import { type RootCase, type RootVerdict, rootLeaseMs, type Victim } from '../case.ts';
import { processIsThere, signal } from './processes.ts';
import { TalkingChild, type Told } from './talking-child.ts';

export interface HoldPlace {
  readonly guardBinary: string;
  readonly folder: string;
  /** Where the holder puts what it copied; not on the root. */
  readonly copy: string;
  readonly plan: WriterPlan;
  readonly writer: OrderedWriter;
}

const marginMs = 500;
/** The promise: after the lease, writers wait this much longer at most, whatever happened to two of the three. */
const graceMs = 2000;
const patienceMs = 30_000;

/** Holds of the root, one after another, each with what happens to whom, and the verdict on it. */
export class RootHolds {
  readonly #place: HoldPlace;
  #holder: TalkingChild | undefined;
  /** Started ahead: a start takes seconds here, and a killed helper is followed by another. */
  #spare: TalkingChild | undefined;
  #probe: WriterProbe | undefined;

  constructor(place: HoldPlace) {
    this.#place = place;
  }

  async start(): Promise<void> {
    await this.#holderUp();
    await this.#probeUp();
  }

  async play(rootCase: RootCase): Promise<RootVerdict> {
    const holder = await this.#holderUp();
    const probe = await this.#probeUp();
    const { writer } = this.#place;
    const rcuBefore = readRcu();
    const stepsBefore = writer.stepsSoFar();
    holder.tell(JSON.stringify({ leaseMs: rootLeaseMs, holdMs: rootCase.holdMs }));
    const ready = await holder.hear(['ready', 'not-started'], patienceMs);
    if (ready?.event !== 'ready') return { faults: [`no guard: ${JSON.stringify(ready)}`], facts: {} };
    const pids = { helper: holder.pid, ...(ready.pids as Record<'guard' | 'witness', number>) };
    const tracer = rootCase.thawFails === true ? await failThawsOf(pids.witness) : undefined;
    probe.read();

    const end = await this.#run(rootCase, holder, pids);
    const felt = probe.read();
    const faults: string[] = [];
    if (felt === undefined) faults.push('a writer still waits');
    else if (felt.longestMs > rootLeaseMs + graceMs) faults.push(`a writer waited ${felt.longestMs} ms`);
    const isStruck = rootCase.victims.length > 0 && !(rootCase.when === 'frozen' && end?.event === 'refused');
    const wake = await this.#wake(isStruck ? rootCase : { ...rootCase, victims: [] }, holder, pids, faults);
    const over = end ?? wake;
    // A helper that was stopped before its freeze began makes it only now.
    const feltLater = probe.read();
    if (feltLater === undefined) faults.push('a writer waits again');
    else if (feltLater.longestMs > rootLeaseMs + graceMs) faults.push(`a writer waited ${feltLater.longestMs} ms`);
    faults.push(...(await this.#left(pids)));
    tracer?.kill('SIGKILL');
    const rcuAfter = await settled(rcuBefore);
    if (rcuAfter !== rcuBefore) faults.push(`rcu_expedited was ${rcuBefore} and is ${rcuAfter}`);
    const wroteMs = await writesToRoot();
    if (wroteMs === undefined) faults.push('the root cannot be written');
    const stepsAfter = writer.stepsSoFar();
    if (!(await advances(writer, stepsAfter))) faults.push('the ordered writer does not go on');
    const copied = this.#judgeCopy(over, stepsBefore, faults);
    return {
      faults,
      facts: {
        when: rootCase.when,
        delayMs: rootCase.delayMs,
        outcome: over?.event ?? 'nothing',
        refusal: typeof over?.kind === 'string' ? over.kind : '',
        held: over?.held === true,
        cause: typeof over?.cause === 'string' ? over.cause : '',
        stallMs: stallOf(over),
        feltMs: Math.max(felt?.longestMs ?? -1, feltLater?.longestMs ?? -1),
        wroteMs: wroteMs ?? -1,
        ...copied,
      },
    };
  }

  /** Freezes and strikes. Resolves when everything has happened that happens by itself; with what the helper learned. */
  async #run(rootCase: RootCase, holder: TalkingChild, pids: Record<Victim, number>): Promise<Told | undefined> {
    const strike = async (): Promise<void> => {
      if (rootCase.delayMs > 0) await sleep(rootCase.delayMs);
      for (const victim of rootCase.victims) signal(pids[victim], rootCase.how === 'kill' ? 'SIGKILL' : 'SIGSTOP');
    };
    const { when } = rootCase;
    if (when === 'before-freeze') await strike();
    holder.tell('go');
    if (when === 'in-freeze-call' && (await holder.hear(['freezing'], patienceMs))) await strike();
    const isSilenced = rootCase.victims.includes('helper') && when !== 'after-thaw';
    const first = when === 'frozen' ? await holder.hear(['frozen', 'refused'], patienceMs) : undefined;
    if (first?.event === 'frozen') await strike();
    const end = isSilenced || first?.event === 'refused' ? first : await holder.hear(['over', 'refused'], patienceMs);
    if (when === 'after-thaw') await strike();
    const beyond = rootCase.victims.length === 0 ? 0 : rootLeaseMs + marginMs;
    if (beyond > 0) await sleep(beyond + (rootCase.thawFails === true ? 1500 : 400));
    return end?.event === 'frozen' ? undefined : end;
  }

  /** A helper that was only stopped goes on, and must not believe that it held what it did not. */
  async #wake(
    { victims, how, when }: RootCase,
    holder: TalkingChild,
    pids: Record<Victim, number>,
    faults: string[],
  ): Promise<Told | undefined> {
    const isLeftStopped = victims.includes('helper') && victims.includes('witness') && how === 'stop';
    // Nobody is there to end it: the helper that would have is stopped as well.
    if (isLeftStopped) signal(pids.witness, 'SIGCONT');
    if (!victims.includes('helper')) {
      if ((await holder.hear(['closed'], patienceMs)) === undefined) faults.push('the helper did not finish');
      return undefined;
    }
    if (how === 'kill') {
      // A witness that was stopped or killed with it ends by itself, or is gone.
      this.#holder = undefined;
      return undefined;
    }
    signal(pids.helper, 'SIGCONT');
    const over = when === 'after-thaw' ? undefined : await holder.hear(['over', 'refused'], patienceMs);
    if (when === 'frozen' && over?.held === true) faults.push('the helper believes in a hold that was over');
    if ((await holder.hear(['closed'], patienceMs)) === undefined) faults.push('the helper did not finish');
    return over;
  }

  /** Of a hold that the helper vouches for: exactly the first steps, and none from before it was asked for. */
  #judgeCopy(over: Told | undefined, stepsBefore: number, faults: string[]): RootVerdict['facts'] {
    if (over?.held !== true) return { copied: false };
    const { isPrefix, step, problems } = checkPrefix(this.#place.copy, this.#place.plan);
    if (!isPrefix) faults.push(`the copy is no prefix: ${problems[0] ?? ''}`);
    if (step < stepsBefore) faults.push(`the copy is of step ${step}, and ${stepsBefore} was complete`);
    return { copied: true, step };
  }

  async #left(pids: Record<Victim, number>): Promise<string[]> {
    const alive = (): string[] =>
      (['guard', 'witness'] as const).filter((name) => processIsThere(pids[name])).map((name) => `${name} is left`);
    for (const deadline = performance.now() + 8000; alive().length > 0 && performance.now() < deadline; )
      await sleep(20);
    const left = alive();
    for (const name of ['guard', 'witness'] as const) if (left.length > 0) signal(pids[name], 'SIGKILL');
    return left;
  }

  async #holderUp(): Promise<TalkingChild> {
    if (this.#holder !== undefined && !this.#holder.hasEnded) return this.#holder;
    this.#holder = this.#spare ?? this.#newHolder();
    if ((await this.#holder.hear(['up'], 300_000)) === undefined) throw new Error('the holder did not start');
    this.#spare = this.#newHolder();
    return this.#holder;
  }

  #newHolder(): TalkingChild {
    const { guardBinary, folder, copy } = this.#place;
    return new TalkingChild(`${import.meta.dirname}/holder.ts`, [guardBinary, folder, copy]);
  }

  async #probeUp(): Promise<WriterProbe> {
    this.#probe ??= await startProbe(this.#place.guardBinary, '/var/tmp');
    return this.#probe;
  }
}

/** FITHAW by this process is answered EPERM for as long as its margin lasts. */
async function failThawsOf(pid: number): Promise<{ kill(name: 'SIGKILL'): void }> {
  const args = [
    '-qq',
    '-p',
    String(pid),
    '-e',
    'trace=ioctl',
    '-e',
    'inject=ioctl:error=EPERM:when=1..60',
    '-o',
    '/run/soak/trace',
  ];
  const tracer = spawn('strace', args, { stdio: 'ignore' });
  const isTraced = (): boolean => !/^TracerPid:\s+0$/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'));
  for (let tries = 0; tries < 500 && !isTraced(); tries++) await sleep(10);
  if (!isTraced()) throw new Error('the witness could not be traced');
  return tracer;
}

function stallOf(over: Told | undefined): number {
  const times = over?.times as { stall: Record<'from' | 'to', { monotonicNs: number }> } | null | undefined;
  if (!times) return -1;
  return Math.round((times.stall.to.monotonicNs - times.stall.from.monotonicNs) / 1e4) / 100;
}

function readRcu(): string {
  return readFileSync('/sys/kernel/rcu_expedited', 'latin1').trim();
}

async function settled(expected: string): Promise<string> {
  for (const deadline = performance.now() + 3000; readRcu() !== expected && performance.now() < deadline; )
    await sleep(10);
  return readRcu();
}

/** A new file, flushed, by another process: this one must not wait for the root. Undefined when that takes too long. */
function writesToRoot(): Promise<number | undefined> {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const child = spawn('sh', [
      '-c',
      'echo alive > /var/tmp/alive.new && sync /var/tmp/alive.new && mv /var/tmp/alive.new /var/tmp/alive',
    ]);
    const timer = setTimeout(() => resolve(undefined), 15_000);
    child.on('exit', (code) => {
      clearTimeout(timer);
      resolve(code === 0 ? Math.round(performance.now() - startedAt) : undefined);
    });
  });
}

async function advances(writer: OrderedWriter, from: number): Promise<boolean> {
  for (const deadline = performance.now() + 10_000; performance.now() < deadline; await sleep(20))
    if (writer.stepsSoFar() > from) return true;
  return false;
}
