export interface Stretch {
  readonly text: string;
  readonly found: boolean;
}

/** A name cut where what was typed stands in it, upper and lower case alike, so that it can be marked. */
export function highlight(name: string, typed: string): readonly Stretch[] {
  const wanted = typed.trim().toLocaleLowerCase();
  const lower = name.toLocaleLowerCase();
  // Where lower case has another length (ß, İ), positions do not match and nothing is marked.
  if (wanted === '' || lower.length !== name.length) return [{ text: name, found: false }];
  const stretches: Stretch[] = [];
  let from = 0;
  for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, from)) {
    if (at > from) stretches.push({ text: name.slice(from, at), found: false });
    stretches.push({ text: name.slice(at, at + wanted.length), found: true });
    from = at + wanted.length;
  }
  if (from < name.length) stretches.push({ text: name.slice(from), found: false });
  return stretches;
}
