/** For subjects and headers: one line, whatever a source is called. Nothing in it can begin another header. */
export function oneLine(text: string, longest = 200): string {
  const line = text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  return cut(line, longest);
}

/** For bodies: lines stay, other control characters go. */
export function plainText(text: string, longest: number): string {
  const lines = text.replace(/\r\n?/g, '\n').replace(/[^\P{Cc}\n\t]/gu, ' ');
  return cut(lines, longest);
}

/** What the other side says may repeat what it was given: every form of a secret in it is struck out. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const forms = secrets.flatMap((secret) => [
    secret,
    encodeURI(secret),
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64'),
    Buffer.from(secret).toString('base64url'),
  ]);
  return [...new Set(forms)]
    .filter((form) => form.length >= 3)
    .sort((a, b) => b.length - a.length)
    .reduce((rest, form) => rest.split(form).join('•••'), text);
}

function cut(text: string, longest: number): string {
  const characters = [...text];
  return characters.length <= longest ? text : `${characters.slice(0, longest - 1).join('')}…`;
}
