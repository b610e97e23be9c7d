/** Reading and writing `.desktop` files. Source: Desktop Entry Specification, 1.5. */
export type DesktopEntry = ReadonlyMap<string, string>;

/** Keys of the group `[Desktop Entry]`, unescaped; undefined where there is no such group. */
export function parseDesktopEntry(text: string): DesktopEntry | undefined {
  let isOurs = false;
  let isFound = false;
  const keys = new Map<string, string>();
  for (const line of text.split('\n')) {
    const group = /^\[(.*)\]\s*$/.exec(line);
    if (group) {
      isOurs = group[1] === 'Desktop Entry' && !isFound;
      isFound ||= isOurs;
      continue;
    }
    const key = isOurs ? /^([A-Za-z0-9-]+(?:\[[^\]]*\])?)\s*=\s*(.*)$/.exec(line) : null;
    if (key?.[1] !== undefined) keys.set(key[1], unescapeValue(key[2] ?? ''));
  }
  return isFound ? keys : undefined;
}

export function desktopEntryText(entry: Iterable<readonly [string, string]>): string {
  const lines = [...entry].map(([key, value]) => `${key}=${escapeValue(value)}`);
  return ['[Desktop Entry]', ...lines, ''].join('\n');
}

/** A command line for the key `Exec`: each argument quoted where it must be, `%` doubled. */
export function execLine(command: readonly string[]): string {
  return command.map(quoted).join(' ');
}

/** The arguments of an `Exec` line without field codes; undefined where its quotes do not close. */
export function parseExec(line: string): string[] | undefined {
  const words: string[] = [];
  const word = /\s*(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))/y;
  let at = 0;
  while (line.slice(at).trim() !== '') {
    word.lastIndex = at;
    const found = word.exec(line);
    if (!found) return undefined;
    at = word.lastIndex;
    const text = found[1]?.replace(/\\(.)/g, '$1') ?? found[2] ?? '';
    if (!/^%[a-zA-Z]$/.test(text)) words.push(text.replaceAll('%%', '%'));
  }
  return words;
}

function quoted(argument: string): string {
  const doubled = argument.replaceAll('%', '%%');
  if (doubled !== '' && !/[\s"'\\><~|&;$*?#()`]/.test(doubled)) return doubled;
  return `"${doubled.replace(/["`$\\]/g, '\\$&')}"`;
}

function escapeValue(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t').replaceAll('\r', '\\r');
}

function unescapeValue(value: string): string {
  const meant: Readonly<Record<string, string>> = { s: ' ', n: '\n', t: '\t', r: '\r', '\\': '\\' };
  return value.replace(/\\(.)/g, (whole, letter: string) => meant[letter] ?? whole);
}
