import { type HookCall, type HookMoment, hookMomentSchema, maxHookCalls } from '../../../../shared/domain/hooks.ts';
import { byName } from '../../../../shared/domain/still-rules.ts';
import { StillpointError, throwIfAborted } from '../../../../shared/errors/index.ts';
import { type CallOutcome, callProgram, killCalled } from '../../system/call-program.ts';
import type { PhaseReporter } from '../contract.ts';
import { CalledRecord } from './called-record.ts';
import type { Hooks, RunHooks } from './contract.ts';
import { HookProblem, hooksFolder, listHooks, type OpenHook, openHook } from './hook-folder.ts';

export interface HookOptions {
  /** Default `/etc/stillpoint/hooks.d`; elsewhere in tests. */
  readonly folder?: string;
  /** Where it is written down which hooks wait for the end of a still point. */
  readonly recordsFolder: string;
  /** How long one hook may take, ms. */
  readonly limitsMs?: Readonly<Record<HookMoment, number>>;
}

const defaultLimitsMs = { freeze: 10_000, thaw: 30_000 } as const;

/** Bytes of what a hook writes that the log of a run keeps. */
const keptOutput = 2000;

/** All a hook gets beside its argument. */
function environmentOf(name: string): Readonly<Record<string, string>> {
  return { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8', HOME: '/', STILLPOINT_HOOK: name };
}

export function createHooks(options: HookOptions): Hooks {
  const { folder = hooksFolder, recordsFolder, limitsMs = defaultLimitsMs } = options;
  const parts: Parts = { folder, recordsFolder, limitsMs };
  const untold: string[] = [];
  return {
    list: () => listHooks(folder),
    problem: (names) => firstProblem(folder, names),
    forRun: (names, sourceName, report, signal) => new HooksOfRun(parts, names, sourceName, report, signal),
    thawLeftovers: async () => {
      const found = await thawLeftovers(parts);
      // What still waits is found at every look, and told once.
      untold.push(...found.filter((line) => !untold.includes(line)));
      return found;
    },
    takeUntold: () => untold.splice(0),
  };
}

interface Parts {
  readonly folder: string;
  readonly recordsFolder: string;
  readonly limitsMs: Readonly<Record<HookMoment, number>>;
}

function firstProblem(folder: string, names: readonly string[]): string | null {
  for (const name of names.toSorted(byName)) {
    try {
      openHook(folder, name)[Symbol.dispose]();
    } catch (error) {
      if (error instanceof HookProblem) return error.message;
      throw error;
    }
  }
  return null;
}

class HooksOfRun implements RunHooks {
  readonly #parts: Parts;
  readonly #names: readonly string[];
  readonly #sourceName: string;
  readonly #report: Pick<PhaseReporter, 'note'>;
  readonly #signal: AbortSignal;
  readonly #calls: HookCall[] = [];
  /** The first that did not get ready: it would not the next time either, and whoever it stands for is left in peace. */
  #refusal: StillpointError | undefined;

  constructor(
    parts: Parts,
    names: readonly string[],
    sourceName: string,
    report: Pick<PhaseReporter, 'note'>,
    signal: AbortSignal,
  ) {
    this.#parts = parts;
    this.#names = names.toSorted(byName);
    this.#sourceName = sourceName;
    this.#report = report;
    this.#signal = signal;
  }

  get calls(): readonly HookCall[] {
    return this.#calls;
  }

  async around(): Promise<AsyncDisposable> {
    if (this.#refusal !== undefined) throw this.#refusal;
    if (this.#names.length === 0) return { [Symbol.asyncDispose]: async () => {} };
    // All are looked at before the first is called.
    const opened: OpenHook[] = [];
    const record = this.#begin(opened);
    const release = async (): Promise<void> => {
      await this.#thaw(opened, record);
      for (const hook of opened) hook[Symbol.dispose]();
    };
    try {
      for (const hook of opened) await this.#freeze(hook, record);
    } catch (error) {
      await release();
      throw error;
    }
    return { [Symbol.asyncDispose]: release };
  }

  #begin(opened: OpenHook[]): CalledRecord {
    try {
      for (const name of this.#names) opened.push(openHook(this.#parts.folder, name));
      return CalledRecord.begin(this.#parts.recordsFolder, this.#sourceName);
    } catch (error) {
      for (const hook of opened) hook[Symbol.dispose]();
      throw this.#refuse(error instanceof HookProblem ? error.message : notWritten(this.#parts.recordsFolder), error);
    }
  }

  async #freeze(hook: OpenHook, record: CalledRecord): Promise<void> {
    throwIfAborted(this.#signal);
    try {
      record.calls(hook.name);
    } catch (error) {
      throw this.#refuse(notWritten(this.#parts.recordsFolder), error);
    }
    const call = await this.#call(hook, 'freeze', record);
    throwIfAborted(this.#signal);
    if (!call.ok) throw this.#refuse(`${call.problem} Nothing was held still.`);
  }

  /** In reverse, every one that was called, whatever becomes of the others; nobody can cancel this. */
  async #thaw(opened: readonly OpenHook[], record: CalledRecord): Promise<void> {
    for (const name of record.waiting.toReversed()) {
      const hook = opened.find((each) => each.name === name);
      if (hook === undefined) continue;
      const call = await this.#call(hook, 'thaw', record);
      if (!call.ok) this.#report.note('warning', `${call.problem} What it had paused may still be paused.`);
      quietly(() => record.thawed(name));
    }
    quietly(() => record.forget());
  }

  async #call(hook: OpenHook, when: HookMoment, record: CalledRecord): Promise<HookCall> {
    const call = await callHook(this.#parts, hook, when, record, when === 'freeze' ? this.#signal : undefined);
    if (this.#calls.length < maxHookCalls) this.#calls.push(call.told);
    if (call.output !== '') this.#report.note('info', `The hook ${hook.name} (${when}) says: ${call.output}`);
    return call.told;
  }

  #refuse(message: string, cause?: unknown): StillpointError {
    this.#refusal = new StillpointError({
      kind: 'freeze-refused',
      message,
      guidance: 'Look at what the hook says in the log of the run, or choose other hooks for this source.',
      cause,
    });
    return this.#refusal;
  }
}

async function callHook(
  { limitsMs }: Parts,
  hook: OpenHook,
  when: HookMoment,
  record: CalledRecord,
  signal?: AbortSignal,
): Promise<{ readonly told: HookCall; readonly output: string }> {
  const { name } = hook;
  const outcome = await callProgram(hook.fd, [hookMomentSchema.parse(when)], {
    env: environmentOf(name),
    timeoutMs: limitsMs[when],
    maxOutputBytes: keptOutput,
    signal,
    onStarted: (pid, startTime) => quietly(() => record.started(pid, startTime)),
  });
  const problem = problemOf(name, when, outcome, limitsMs[when]);
  const told = { name, when, ok: problem === '', durationMs: outcome.durationMs, problem };
  return { told, output: legible(outcome.output) };
}

function problemOf(name: string, when: HookMoment, outcome: CallOutcome, limitMs: number): string {
  const moment = when === 'freeze' ? 'before the pause' : 'after the pause';
  switch (outcome.ended) {
    case 'time-limit':
      return `The hook ${name} took longer than ${limitMs / 1000} s ${moment} and was stopped.`;
    case 'aborted':
      return `The hook ${name} was stopped because the run was cancelled.`;
    case 'not-started':
      return `The hook ${name} could not be started ${moment}: ${legible(outcome.output)}.`;
    case 'by-itself':
      if (outcome.exitCode === 0) return '';
      return outcome.exitCode === null
        ? `The hook ${name} was ended by ${outcome.exitSignal} ${moment}.`
        : `The hook ${name} failed ${moment} (exit code ${outcome.exitCode}).`;
  }
}

async function thawLeftovers(parts: Parts): Promise<readonly string[]> {
  const told: string[] = [];
  try {
    for (const record of CalledRecord.abandoned(parts.recordsFolder)) {
      using _held = record;
      // The one that was under way when its caller went must not do its work after it was told to go on.
      if (record.last !== undefined) killCalled(record.last.pid, record.last.startTime);
      for (const name of record.waiting.toReversed()) told.push(await thawLeftover(parts, record, name));
      if (record.waiting.length === 0) record.forget();
    }
  } catch (error) {
    told.push(
      `It could not be found out whether hooks still wait: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
  return told;
}

async function thawLeftover(parts: Parts, record: CalledRecord, name: string): Promise<string> {
  const whose = `A backup of ${record.source} was cut short after the hook ${name} had been called.`;
  let hook: OpenHook;
  try {
    hook = openHook(parts.folder, name);
  } catch (error) {
    if (!(error instanceof HookProblem)) throw error;
    return `${whose} It still waits: ${error.message}`;
  }
  using open = hook;
  const { told } = await callHook(parts, open, 'thaw', record);
  record.thawed(name);
  return told.ok ? `${whose} It was told now that the pause is over.` : `${whose} ${told.problem}`;
}

/** One line, without what a terminal would obey. */
function legible(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ').trim();
}

function notWritten(folder: string): string {
  return `It could not be written down in ${folder} which hooks are called, so none was called and nothing was held still.`;
}

/** The pause is over whether it can be written down or not; what was not is told to a hook once more. */
function quietly(work: () => void): void {
  try {
    work();
  } catch {
    // A disk that is full, or gone.
  }
}
