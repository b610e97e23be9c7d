import { describe, expect, it } from 'vitest';
import { contrast } from './contrast.ts';
import { type TokenName, tokens } from './tokens.ts';

const surfaces: TokenName[] = ['bg', 'panel', 'rail', 'accentSoft', 'quiet', 'allowed', 'window'];
const texts: TokenName[] = ['ink', 'ink2', 'ink3'];
const plainSurfaces: TokenName[] = ['bg', 'panel', 'rail'];
const colouredTexts: TokenName[] = ['accent', 'ok', 'warn', 'bad', 'app', 'fs', 'crash', 'obs', 'mixed', 'torn'];
const bandEdges: TokenName[] = ['quietEdge', 'logEdge', 'phase', 'windowEdge'];
const marks: TokenName[] = ['app', 'fs', 'crash', 'obs', 'mixed', 'torn', 'unknown', 'accent', 'ok', 'warn', 'bad'];
const markSurfaces: TokenName[] = ['bg', 'panel', 'rail', 'quiet', 'allowed', 'window', 'log', 'accentSoft'];

describe('contrast', () => {
  it('gives the ratios the WCAG definition gives', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
    expect(contrast('#123456', '#123456')).toBe(1);
  });
});

for (const theme of ['light', 'dark'] as const) {
  const of = (name: TokenName): string => tokens[theme][name];

  describe(`${theme} theme`, () => {
    it.each(pairs(texts, surfaces))('text %s is readable on %s (4.5:1)', (text, surface) => {
      expect(contrast(of(text), of(surface))).toBeGreaterThanOrEqual(4.5);
    });

    it.each(pairs(colouredTexts, plainSurfaces))('coloured text %s is readable on %s (4.5:1)', (text, surface) => {
      expect(contrast(of(text), of(surface))).toBeGreaterThanOrEqual(4.5);
    });

    it.each([
      ['accentInk', 'accent'],
      ['accentInk', 'accentHover'],
      ['accent', 'accentSoft'],
      ['warn', 'warnSoft'],
      ['bad', 'badSoft'],
      ['ok', 'okSoft'],
      ['ink', 'warnSoft'],
      ['ink', 'badSoft'],
      ['ink', 'okSoft'],
      ['ink2', 'warnSoft'],
      ['ink2', 'badSoft'],
      ['ink2', 'okSoft'],
      ['panel', 'ink'],
      ['panel', 'bad'],
    ] as [TokenName, TokenName][])('%s is readable on %s (4.5:1)', (text, surface) => {
      expect(contrast(of(text), of(surface))).toBeGreaterThanOrEqual(4.5);
    });

    it.each(pairs(marks, markSurfaces))('mark %s is seen on %s (3:1)', (mark, surface) => {
      expect(contrast(of(mark), of(surface))).toBeGreaterThanOrEqual(3);
    });

    it.each(pairs(bandEdges, plainSurfaces))('the edge of a band, %s, is seen on %s (3:1)', (edge, surface) => {
      expect(contrast(of(edge), of(surface))).toBeGreaterThanOrEqual(3);
    });

    it.each(pairs(['field'], plainSurfaces))('the border of inputs, %s, is seen on %s (3:1)', (edge, surface) => {
      expect(contrast(of(edge), of(surface))).toBeGreaterThanOrEqual(3);
    });

    it('has hues for levels that differ from the accent of buttons', () => {
      const levels: TokenName[] = ['app', 'fs', 'crash', 'obs', 'mixed', 'torn'];
      expect(levels.map(of)).not.toContain(of('accent'));
      expect(new Set(levels.map(of)).size).toBe(levels.length);
    });
  });
}

function pairs(left: readonly TokenName[], right: readonly TokenName[]): [TokenName, TokenName][] {
  return left.flatMap((a) => right.map((b): [TokenName, TokenName] => [a, b]));
}
