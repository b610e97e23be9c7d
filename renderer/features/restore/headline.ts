/** The first sentence of a warning, to be set apart, and the rest of it. */
export function headline(text: string): { readonly head: string; readonly rest: string } {
  const end = /[.!?](?=\s|$)|[。！？]/u.exec(text);
  if (end === null) return { head: text, rest: '' };
  const at = end.index + end[0].length;
  return { head: text.slice(0, at), rest: text.slice(at).trim() };
}
