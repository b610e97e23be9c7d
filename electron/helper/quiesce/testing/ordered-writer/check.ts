import { readdirSync } from 'node:fs';
import { cellOfStep, filesOf, temporaryName, type WriterPlan } from './plan.ts';
import { type Change, type Facts, fileOfFact } from './states/contract.ts';
import { statesOf } from './states/index.ts';

export interface PrefixVerdict {
  /** True when the copy holds exactly the first `step` steps, and perhaps a beginning of the next. */
  readonly isPrefix: boolean;
  /** The step it holds the first of; where it is no prefix, the newest step found anywhere. */
  readonly step: number;
  /** What contradicts it; at most ten. */
  readonly problems: readonly string[];
}

/** More than any writer takes. */
const mostSteps = 10_000_000;

/**
 * Judges a copy of what the ordered writer wrote: is it the state after some step, each later one missing altogether? A
 * step that is there without the one before it proves that the copy was not taken at one instant.
 */
export function checkPrefix(directory: string, plan: WriterPlan): PrefixVerdict {
  const problems: string[] = [];
  const found = readAll(directory, plan, problems);
  const newest = newestOf(found);
  if (newest > mostSteps) problems.push(`there is something of a step ${newest}, which no copy may show`);
  if (problems.length > 0) return { isPrefix: false, step: newest, problems: problems.slice(0, 10) };
  const replay = new Replay(plan);
  replay.goTo(newest - 1);
  // A step of several calls shows itself before its last one.
  if (replay.next().some((facts) => isSame(found, facts))) return { isPrefix: true, step: replay.step, problems: [] };
  replay.goTo(newest);
  const atNewest = differences(found, replay, newest);
  // A step may show nothing of itself (a folder that was moved away): the copy is of a later step then.
  for (const last = newest + 6 * plan.kinds.length * plan.files; replay.step <= last; replay.goTo(replay.step + 1))
    if (differences(found, replay, newest).length === 0 || replay.next().some((facts) => isSame(found, facts)))
      return { isPrefix: true, step: replay.step, problems: [] };
  return { isPrefix: false, step: newest, problems: atNewest.slice(0, 10) };
}

export interface FileVerdict {
  readonly file: string;
  /** True when the file is as it was after some step, whatever the others are. */
  readonly isOneVersion: boolean;
}

/** Judges every file of a copy by itself: what a copy must hold that claims no more than whole files. */
export function checkFiles(directory: string, plan: WriterPlan): readonly FileVerdict[] {
  const files = filesOf(plan).map(({ kind, file }) => {
    const problems: string[] = [];
    // Names of several instants are no fault of a file.
    const found = statesOf[kind].read(directory, plan, file, problems, []);
    const contents = [...byFile(found)];
    return { file, contents, isOneVersion: problems.length === 0, steps: Math.min(newestOf(found), mostSteps) };
  });
  const wanted = files.flatMap(({ contents }) => contents);
  const seen = new Set<string>();
  const replay = new Replay(plan);
  const last = Math.max(0, ...files.map(({ steps }) => steps)) + 6 * plan.kinds.length * plan.files;
  for (; replay.step <= last; replay.goTo(replay.step + 1)) {
    const touched = replay.step === 0 ? undefined : cellOfStep(plan, replay.step).file;
    for (const [file, facts] of wanted)
      if (!seen.has(file) && (touched === undefined || file.startsWith(touched)) && replay.showsContent(file, facts))
        seen.add(file);
  }
  return files.map(({ file, contents, isOneVersion }) => ({
    file,
    isOneVersion: isOneVersion && contents.every(([each]) => seen.has(each)),
  }));
}

/** The writer's states in their order. */
class Replay {
  readonly #plan: WriterPlan;
  readonly #state: Facts = new Map();
  #step = 0;

  constructor(plan: WriterPlan) {
    this.#plan = plan;
    for (const { kind, file } of filesOf(plan)) apply(this.#state, statesOf[kind].initial(plan, file));
  }

  get step(): number {
    return this.#step;
  }

  get state(): ReadonlyMap<string, number | string> {
    return this.#state;
  }

  goTo(step: number): void {
    while (this.#step < step) {
      this.#step += 1;
      for (const change of this.#stages(this.#step)) apply(this.#state, change);
    }
  }

  /** States within the next step, its end left out. */
  next(): Facts[] {
    const facts = new Map(this.#state);
    return this.#stages(this.#step + 1)
      .slice(0, -1)
      .map((change) => new Map(apply(facts, change)));
  }

  /** Whether a file has this content after this step, or had it within it. */
  showsContent(file: string, facts: Facts): boolean {
    const isSo = (state: ReadonlyMap<string, number | string>): boolean => {
      const own = [...state].filter(([fact]) => fact.includes('#') && fileOfFact(fact) === file);
      return own.length === facts.size && own.every(([fact, value]) => facts.get(fact) === value);
    };
    return isSo(this.#state) || this.next().some(isSo);
  }

  #stages(step: number): readonly Change[] {
    const cell = cellOfStep(this.#plan, step);
    return statesOf[cell.kind].stages(this.#state, cell, step, this.#plan);
  }
}

function apply(state: Facts, change: Change): Facts {
  for (const [fact, value] of Object.entries(change)) {
    if (value === null) state.delete(fact);
    else state.set(fact, value);
  }
  return state;
}

function readAll(directory: string, plan: WriterPlan, problems: string[]): Facts {
  const found: Facts = new Map();
  const files = filesOf(plan);
  for (const { kind, file } of files)
    for (const [fact, value] of statesOf[kind].read(directory, plan, file, problems, problems)) found.set(fact, value);
  const known = new Set([...files.map(({ file }) => file), temporaryName]);
  for (const name of readdirSync(directory))
    if (!known.has(name.replace(/\.at-\d+$/, ''))) problems.push(`${name} is not of the writer`);
  return found;
}

function newestOf(found: Facts): number {
  return Math.max(0, ...[...found.values()].filter((value) => typeof value === 'number'));
}

function differences(found: Facts, { state, step }: Replay, newest: number): string[] {
  const problems: string[] = [];
  const holds = (value: number | string): string => (typeof value === 'number' ? `step ${value}` : value);
  for (const [fact, expected] of state) {
    if (fact.startsWith('~')) continue;
    const actual = found.get(fact);
    if (actual === undefined) problems.push(`${fact} is missing; after step ${step} it must hold ${expected}`);
    else if (actual !== expected)
      problems.push(`${fact} holds ${holds(actual)}; after step ${newest} it must hold ${expected}`);
  }
  for (const fact of found.keys()) if (!state.has(fact)) problems.push(`${fact} is there after step ${step}`);
  return problems;
}

function isSame(found: Facts, state: Facts): boolean {
  const shown = [...state].filter(([fact]) => !fact.startsWith('~'));
  return shown.length === found.size && shown.every(([fact, value]) => found.get(fact) === value);
}

/** Contents by file, without the facts that are of names. */
function byFile(found: Facts): Map<string, Facts> {
  const files = new Map<string, Facts>();
  for (const [fact, value] of found) {
    if (!fact.includes('#')) continue;
    const file = fileOfFact(fact);
    files.set(file, (files.get(file) ?? new Map<string, number | string>()).set(fact, value));
  }
  return files;
}
