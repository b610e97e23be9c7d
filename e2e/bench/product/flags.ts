const args = process.argv.slice(2);

export function has(flag: string): boolean {
  return args.includes(flag);
}

export function numberAfter(flag: string, otherwise: number): number {
  const at = args.indexOf(flag);
  return at === -1 ? otherwise : Number(args[at + 1]);
}

/** Values of `--flag a,b`, or all. */
export function listAfter<T extends string>(flag: string, all: readonly T[]): readonly T[] {
  const at = args.indexOf(flag);
  if (at === -1) return all;
  const wanted = (args[at + 1] ?? '').split(',');
  const unknown = wanted.find((each) => !all.some((known) => known === each));
  if (unknown !== undefined) throw new Error(`${flag} takes ${all.join(', ')}; not ${unknown}`);
  return all.filter((each) => wanted.includes(each));
}
