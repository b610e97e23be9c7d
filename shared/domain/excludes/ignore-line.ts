/** Why a line in gitignore’s syntax could never leave anything out, for people; null when it could, or is a comment. */
export function ignoreLineProblem(line: string): string | null {
  if (line.startsWith('#')) return null;
  const rule = withoutSpaces(line).replace(/^!/, '').replace(/\/+$/, '');
  if (/(^|[^\\])(\\\\)*\\$/.test(rule)) return 'ends in a backslash, which stands for nothing: add what it quotes';
  if (/^\.{1,2}(\/|$)/.test(rule)) return 'begins with . or ..: rules are relative to the folder itself, begin with /';
  if (hasOpenBracket(rule)) return 'has a [ without its ]: put \\ before it where it is meant as itself';
  return null;
}

/** Spaces at the end do not count unless they are quoted. */
function withoutSpaces(line: string): string {
  const bare = line.replace(/\r$/, '').replace(/ +$/, '');
  return /(^|[^\\])(\\\\)*\\$/.test(bare) && bare.length < line.length ? `${bare} ` : bare;
}

/** `]` right after `[`, `[!` or `[^` is one of the characters; so is what follows a backslash. */
function hasOpenBracket(rule: string): boolean {
  for (let at = 0; at < rule.length; at += 1) {
    if (rule[at] === '\\') at += 1;
    else if (rule[at] === '[') {
      const end = endOfBracket(rule, at);
      if (end < 0) return true;
      at = end;
    }
  }
  return false;
}

function endOfBracket(rule: string, start: number): number {
  let at = start + 1;
  if (rule[at] === '!' || rule[at] === '^') at += 1;
  for (let first = true; at < rule.length; first = false, at += 1) {
    if (rule[at] === ']' && !first) return at;
    if (rule[at] === '\\') at += 1;
    else if (rule.startsWith('[:', at)) {
      const close = rule.indexOf(':]', at + 2);
      if (close > 0) at = close + 1;
    }
  }
  return -1;
}
