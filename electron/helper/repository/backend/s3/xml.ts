/**
 * As much of XML as S3 answers hold: elements with text, without attributes that matter. What does not fit is not found;
 * nothing is expanded but the five entities and numbers.
 */
export function elements(xml: string, name: string): string[] {
  const found: string[] = [];
  const opening = new RegExp(`<${name}(?:\\s[^>]*)?>`, 'g');
  const closing = `</${name}>`;
  for (let match = opening.exec(xml); match !== null; match = opening.exec(xml)) {
    const end = xml.indexOf(closing, opening.lastIndex);
    if (end < 0) break;
    found.push(xml.slice(opening.lastIndex, end));
    opening.lastIndex = end + closing.length;
  }
  return found;
}

/** The text of the first such element; undefined when there is none. */
export function elementText(xml: string, name: string): string | undefined {
  const [first] = elements(xml, name);
  return first === undefined ? undefined : unescapeText(first);
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function unescapeText(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w{2,4}));/gi,
    (whole, hex?: string, digits?: string, name?: string) => {
      if (name !== undefined) return entities[name] ?? whole;
      const code = hex === undefined ? Number(digits) : Number.parseInt(hex, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}
