import type { RestorePlan } from '../../../../shared/domain/restore.ts';

type PlanWarning = RestorePlan['warnings'][number];
type Code = PlanWarning['code'];

const listedPaths = 100;

/** Collects paths per kind of warning; what is said about them is decided when all are known. */
export class PlanNotes {
  readonly #paths = new Map<Code, { paths: string[]; total: number }>();
  readonly #others: PlanWarning[] = [];

  add(code: Code, path: string): void {
    const known = this.#paths.get(code) ?? { paths: [], total: 0 };
    known.total += 1;
    if (known.paths.length < listedPaths) known.paths.push(path);
    this.#paths.set(code, known);
  }

  say(warning: PlanWarning): void {
    this.#others.push({ ...warning, paths: warning.paths.slice(0, listedPaths) });
  }

  /** `words` get the exact total, the list may be shorter. */
  warnings(
    words: Partial<Record<Code, { readonly text: (total: number) => string; readonly asks: boolean }>>,
  ): PlanWarning[] {
    const collected: PlanWarning[] = [];
    for (const [code, { paths, total }] of this.#paths) {
      const said = words[code];
      if (said) collected.push({ code, text: said.text(total), paths, asks: said.asks });
    }
    return [...collected, ...this.#others];
  }
}

export function count(total: number, one: string, many: string): string {
  return total === 1 ? `1 ${one}` : `${total.toLocaleString('en')} ${many}`;
}
