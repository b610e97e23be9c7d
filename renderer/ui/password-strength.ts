export type PasswordStrength = 'empty' | 'weak' | 'fair' | 'good' | 'strong';

const common = ['password', 'passwort', 'qwerty', 'letmein', 'iloveyou', 'admin', 'welcome', 'dragon', 'stillpoint'];
const runs = ['abcdefghijklmnopqrstuvwxyz', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm', '01234567890'];

/**
 * A rough judgement for the person typing: how many bits a guesser who knows the usual tricks has to try. It is advice,
 * never a gate.
 */
export function passwordStrength(password: string): PasswordStrength {
  if (password === '') return 'empty';
  const bits = effectiveLength(password) * Math.log2(alphabet(password));
  if (bits < 40) return 'weak';
  if (bits < 60) return 'fair';
  if (bits < 80) return 'good';
  return 'strong';
}

function alphabet(password: string): number {
  let size = 0;
  if (/[a-z]/.test(password)) size += 26;
  if (/[A-Z]/.test(password)) size += 26;
  if (/[0-9]/.test(password)) size += 10;
  if (/[ -/:-@[-`{-~]/.test(password)) size += 20;
  if (/[^ -~]/.test(password)) size += 60;
  return Math.max(size, 2);
}

/** Repeats, keyboard runs and common words count as two characters each, whatever their length. */
function effectiveLength(password: string): number {
  let text = password.toLowerCase();
  let counted = 0;
  for (const word of common) {
    if (text.includes(word)) {
      text = text.replaceAll(word, '\0');
      counted += 2;
    }
  }
  for (let at = 0; at < text.length; ) {
    const length = Math.max(repeatAt(text, at), runAt(text, at));
    counted += text[at] === '\0' ? 0 : length >= 3 ? 2 : 1;
    at += length >= 3 ? length : 1;
  }
  return counted;
}

function repeatAt(text: string, at: number): number {
  let length = 1;
  while (text[at + length] === text[at]) length += 1;
  return length;
}

function runAt(text: string, at: number): number {
  let longest = 1;
  for (const run of runs) {
    for (const line of [run, [...run].reverse().join('')]) {
      const from = line.indexOf(text[at] ?? '\0');
      if (from < 0) continue;
      let length = 1;
      while (line[from + length] !== undefined && line[from + length] === text[at + length]) length += 1;
      longest = Math.max(longest, length);
    }
  }
  return longest;
}
