import { anyFolders, type IgnoreLine, parseIgnoreLine } from './ignore-line.ts';
import type { Steps } from './name-pattern.ts';

/** What own rules say of the entries of one folder. */
export interface FolderRules {
  /** The line that leaves an entry out. */
  leavesOut(name: string, isDirectory: boolean): string | undefined;
}

interface Rule extends IgnoreLine {
  /** The later one decides. */
  readonly order: number;
}

/** A rule that may still match below a folder: how many of its folders the path may have used up, ascending. */
interface Reached {
  readonly rule: Rule;
  readonly parts: readonly number[];
}

interface Folder {
  readonly name: string;
  readonly reached: readonly Reached[];
}

/**
 * Rules in gitignore’s syntax, as git reads them: byte by byte, `?` is one byte, and a name that is not UTF-8 is neither an
 * error nor taken for another. What is written in them decides what they match and never how long that takes: with every
 * folder each rule goes on from where its parent was, all its `**` at once, and nothing is ever tried again.
 */
export class IgnoreRules {
  readonly steps: Steps = { taken: 0 };
  /** Rules of one name anywhere: by that name, and those with wildcards. The later first. */
  readonly #named = new Map<string, Rule[]>();
  readonly #wild: Rule[] = [];
  readonly #root: readonly Reached[];
  /** From the root to the folder that was asked for last: the next one is mostly near it. */
  #trail: Folder[] = [];

  constructor(lines: readonly string[]) {
    const rules = lines.flatMap((line, order): Rule[] => {
      const parsed = parseIgnoreLine(order === 0 ? line.replace(/^\ufeff/, '') : line);
      return parsed === undefined ? [] : [{ ...parsed, line, order }];
    });
    rules.reverse();
    const below: Reached[] = [];
    for (const rule of rules) {
      const { literal } = rule.name;
      const isAnywhere = rule.folders.length === 1 && rule.folders[0] === anyFolders;
      if (!isAnywhere) below.push({ rule, parts: rule.folders[0] === anyFolders ? [0, 1] : [0] });
      else if (literal === undefined) this.#wild.push(rule);
      else this.#named.set(literal, [...(this.#named.get(literal) ?? []), rule]);
    }
    this.#root = below;
  }

  /**
   * The folder is named by the path keys of its names, relative to where the rules apply. Neither it nor a folder above it
   * may be left out itself, which whoever walks down knows.
   */
  in(folder: readonly string[]): FolderRules {
    const here = this.#reachedIn(folder).flatMap(({ rule, parts }) =>
      parts.at(-1) === rule.folders.length ? [rule] : [],
    );
    return {
      leavesOut: (name, isDirectory) => {
        const applies = ({ foldersOnly }: Rule): boolean => isDirectory || !foldersOnly;
        let last = this.#named.get(name)?.find(applies);
        for (const rules of [this.#wild, here]) {
          for (const rule of rules) {
            if (last !== undefined && rule.order < last.order) break;
            if (!applies(rule) || !rule.name.matches(name, this.steps)) continue;
            last = rule;
            break;
          }
        }
        return last === undefined || last.brings ? undefined : last.line;
      },
    };
  }

  #reachedIn(folder: readonly string[]): readonly Reached[] {
    let known = 0;
    while (known < folder.length && this.#trail[known]?.name === folder[known]) known += 1;
    this.#trail.length = known;
    for (const name of folder.slice(known)) {
      const above = this.#trail.at(-1)?.reached ?? this.#root;
      const reached = above.flatMap(({ rule, parts }) => {
        const next = this.#enter(rule, parts, name);
        return next.length === 0 ? [] : [{ rule, parts: next }];
      });
      this.#trail.push({ name, reached });
    }
    return this.#trail.at(-1)?.reached ?? this.#root;
  }

  /** How many of the rule’s folders may be used up when the path goes on by this name. */
  #enter({ folders }: Rule, parts: readonly number[], name: string): number[] {
    const next: number[] = [];
    const add = (part: number): void => {
      if (part > (next.at(-1) ?? -1)) next.push(part);
    };
    for (const at of parts) {
      this.steps.taken += 1;
      const part = folders[at];
      if (part === undefined) continue;
      const isAny = part === anyFolders;
      if (!isAny && !part.matches(name, this.steps)) continue;
      const reached = isAny ? at : at + 1;
      add(reached);
      if (folders[reached] === anyFolders) add(reached + 1);
    }
    return next;
  }
}
