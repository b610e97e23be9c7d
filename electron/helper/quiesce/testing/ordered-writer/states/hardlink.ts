import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Cell, nameAt } from '../plan.ts';
import { both, stepOfBlock } from './block.ts';
import type { Change, Facts, KindStates } from './contract.ts';

/** Every other round writes through the second name; the rounds between give the file another second name. */
export function isLinkRound({ round }: Cell): boolean {
  return round % 2 === 0;
}

/** One file under two names. `FILE.link`: the step that gave the second one. */
export const hardlinkStates: KindStates = {
  initial: (_plan, file) => ({ [`${file}#0`]: 0, [`${file}.link`]: 0, [`${file}.link#0`]: 0 }),
  stages: (before, cell, step): Change[] => {
    const link = `${cell.file}.link`;
    if (!isLinkRound(cell)) return [{ [`${cell.file}#0`]: step, [`${link}#0`]: step }];
    return [{ [link]: both(before.get(link), step) }, { [link]: step }];
  },
  read: (directory, _plan, file, problems, names): Facts => {
    const found: Facts = new Map();
    readContent(join(directory, file), file, `${file}#0`, found, problems, names);
    const links = namesAt(directory, file);
    for (const { name } of links) readContent(join(directory, name), name, `${file}.link#0`, found, problems, names);
    if (links.length === 0) names.push(`${file} has no second name`);
    if (links.length > 2) names.push(`${file} has ${links.length + 1} names`);
    const [first, second] = links;
    if (first !== undefined)
      found.set(`${file}.link`, second === undefined ? first.step : both(first.step, second.step));
    return found;
  },
};

/** Entries named `FILE.at-STEP`, oldest step first. */
export function namesAt(directory: string, file: string): readonly { readonly name: string; readonly step: number }[] {
  const start = nameAt(file, 0).slice(0, -10);
  return readdirSync(directory)
    .filter((name) => name.startsWith(start))
    .map((name) => ({ name, step: Number(name.slice(start.length)) }))
    .sort((a, b) => a.step - b.step);
}

function readContent(
  path: string,
  name: string,
  fact: string,
  found: Facts,
  problems: string[],
  names: string[],
): void {
  if (!existsSync(path)) {
    names.push(`${name} is missing`);
    return;
  }
  const step = stepOfBlock(readFileSync(path));
  if (step === undefined) problems.push(`${name} is of no single step`);
  else if (found.has(fact) && found.get(fact) !== step) names.push(`${name} differs from the same file's other name`);
  else found.set(fact, step);
}
