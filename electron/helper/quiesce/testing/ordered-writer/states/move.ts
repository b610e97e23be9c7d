import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cell } from '../plan.ts';
import { stepOfBlock } from './block.ts';
import type { Change, Facts, KindStates } from './contract.ts';
import { namesAt } from './hardlink.ts';

/** Where the folder is after a round: inside the source in one of two folders, or outside of it. */
export type MovePlace = 'a' | 'b' | 'outside';
const places = ['a', 'b', 'outside', 'outside'] as const;

export function placeAfter({ round }: Cell): MovePlace {
  return places[round % places.length] ?? 'a';
}

/** Rounds in which the content is written once the folder has its new place: inside by its name there, or outside, unseen. */
export function isWriteRound({ round }: Cell): boolean {
  return round % 2 === 1;
}

export const contentBelow = ['deeper', 'content'] as const;
/** The name of the folder that is moved; the step of its last move is added to it. */
export const movedName = 'moved';

/** A folder with a file below it that moves about, in and out of the source. */
export const moveStates: KindStates = {
  initial: (_plan, file) => placed(file, 'a', 0, 0),
  stages: (before, cell, step): Change[] => {
    const { file } = cell;
    const place = placeAfter(cell);
    const content = Number(before.get(`~${file}`));
    const moved = placed(file, place, step, content);
    return isWriteRound(cell) ? [moved, placed(file, place, step, step)] : [moved];
  },
  read: (directory, _plan, file, problems, names): Facts => {
    const found: Facts = new Map();
    for (const place of ['a', 'b'] as const) {
      const folder = join(directory, file, place);
      if (!existsSync(folder)) {
        names.push(`${file}/${place} is missing`);
        continue;
      }
      for (const { name, step } of namesAt(folder, movedName)) {
        if (found.size > 0) names.push(`${file} is at two places`);
        const path = join(folder, name, ...contentBelow);
        if (!existsSync(path)) {
          names.push(`${file}/${place}/${name} has no content`);
          continue;
        }
        const content = stepOfBlock(readFileSync(path));
        if (content === undefined) problems.push(`${file}/${place}/${name} has no content of a single step`);
        else found.set(`${file} in ${place}`, step).set(`${file}#0`, content);
      }
    }
    return found;
  },
};

function placed(file: string, place: MovePlace, step: number, content: number): Change {
  return {
    [`~${file}`]: content,
    [`${file} in a`]: place === 'a' ? step : null,
    [`${file} in b`]: place === 'b' ? step : null,
    [`${file}#0`]: place === 'outside' ? null : content,
  };
}
