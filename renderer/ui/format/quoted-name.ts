/**
 * A name from a snapshot's tree as people read it. Trees hold names quoted, so that any bytes survive; a quotation mark
 * and a backslash are shown plainly, other escapes stay visible because they stand for what cannot be shown.
 */
export function shownName(quoted: string): string {
  return quoted.replace(/\\(["\\])/g, '$1');
}
