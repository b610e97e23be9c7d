import { describe, expect, it } from 'vitest';
import { ignoreLineProblem } from './ignore-line.ts';
import { ignoreLineSchema } from './presets.ts';

describe('a line of own rules', () => {
  it.each([
    ...[
      '*.o',
      '!keep',
      '/build/',
      '#[comment\\',
      '',
      '   ',
      'a\\ ',
      'a\\\\',
      '\\[a',
      '[a-z]',
      '[]]',
      '[!]a]',
      '[[:alpha:]_]',
      '[\\]]',
    ],
    ...['.cache', '...', '.', 'a/../b'].filter((line) => line !== '.'),
  ])('%j may leave something out', (line) => {
    expect(ignoreLineProblem(line)).toBeNull();
    expect(ignoreLineSchema.safeParse(line).success).toBe(true);
  });

  it.each([
    ['a\\', 'backslash'],
    ['!a\\\\\\', 'backslash'],
    ['a\\/', 'backslash'],
    ['./a', 'relative'],
    ['../a', 'relative'],
    ['.', 'relative'],
    ['[a', '['],
    ['a[', '['],
    ['[]', '['],
    ['[!]', '['],
    ['[[:alpha:]', '['],
    ['[a\\]', '['],
  ])('%j could not, and is refused with the reason', (line, word) => {
    expect(ignoreLineProblem(line)).toContain(word);
    expect(ignoreLineSchema.safeParse(line).error?.issues[0]?.message).toBe(ignoreLineProblem(line));
  });

  it('is one line', () => {
    expect(ignoreLineSchema.safeParse('a\nb').success).toBe(false);
    expect(ignoreLineSchema.safeParse('a\0b').success).toBe(false);
    expect(ignoreLineSchema.safeParse('a'.repeat(1001)).success).toBe(false);
  });
});
