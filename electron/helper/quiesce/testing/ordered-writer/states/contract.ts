import type { Cell, WriterPlan } from '../plan.ts';

/**
 * What a copy shows of the writer's files: facts by name (`in-place-0#3`: block 3 of a file). A number is the step that
 * made it so. Names that begin with `~` are kept in mind only; no copy shows them.
 */
export type Facts = Map<string, number | string>;

/** What changes at once; null: the fact is gone. */
export type Change = Readonly<Record<string, number | string | null>>;

/** What the files of one kind hold after any step, and how to see it in a copy. */
export interface KindStates {
  /** Before the first step. */
  initial(plan: WriterPlan, file: string): Change;
  /** What a step changes, call by call: a copy of one instant may lie between two of them. `before` is not to be changed. */
  stages(before: ReadonlyMap<string, number | string>, cell: Cell, step: number, plan: WriterPlan): readonly Change[];
  /** What a copy holds. Whatever no step could have made is a problem; `names`: of which names there are, at one instant. */
  read(directory: string, plan: WriterPlan, file: string, problems: string[], names: string[]): Facts;
}

/** Of which file a fact is: `hardlink-0.link#0` is of `hardlink-0.link`. */
export function fileOfFact(fact: string): string {
  return fact.replace(/#.*$/, '');
}
