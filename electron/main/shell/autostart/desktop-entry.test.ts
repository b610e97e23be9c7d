import { describe, expect, it } from 'vitest';
import { desktopEntryText, execLine, parseDesktopEntry, parseExec } from './desktop-entry.ts';

describe('Exec', () => {
  it.each([
    [['/usr/bin/stillpoint', '--hidden'], '/usr/bin/stillpoint --hidden'],
    [['/my apps/still point'], '"/my apps/still point"'],
    [['/a/100%'], '/a/100%%'],
    [['/a/$HOME`x`"y"\\z'], '"/a/\\$HOME\\`x\\`\\"y\\"\\\\z"'],
    [[''], '""'],
    [['/it’s/a;b'], '"/it’s/a;b"'],
  ])('%j', (command, line) => {
    expect(execLine(command)).toBe(line);
    expect(parseExec(line)).toEqual(command);
  });

  it('leaves field codes out, and knows a quote that does not close', () => {
    expect(parseExec('/bin/x %U  --a "b c"')).toEqual(['/bin/x', '--a', 'b c']);
    expect(parseExec('/bin/x "b')).toBeUndefined();
  });

  it('comes back through a file, backslashes twice escaped', () => {
    const text = desktopEntryText([['Exec', execLine(['/a\\b c'])]]);
    expect(text).toBe('[Desktop Entry]\nExec="/a\\\\\\\\b c"\n');
    expect(parseExec(parseDesktopEntry(text)?.get('Exec') ?? '')).toEqual(['/a\\b c']);
  });
});

it('reads the first group of that name only, and comments never', () => {
  const text = '# Exec=no\n[Other]\nExec=other\n[Desktop Entry]\nExec = a \nName[de]=Ä\n[Desktop Action x]\nExec=b\n';
  expect(Object.fromEntries(parseDesktopEntry(text) ?? [])).toEqual({ Exec: 'a ', 'Name[de]': 'Ä' });
  expect(parseDesktopEntry('Exec=a\n')).toBeUndefined();
});
