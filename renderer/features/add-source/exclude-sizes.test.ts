import { describe, expect, it } from 'vitest';
import { isRule, lineProblem, sumOf } from './exclude-sizes.ts';

const lines = ['# videos', '', '*.mkv', '/Videos/'];

describe('a wrong line of own rules', () => {
  it('is named with its number and its text', () => {
    const error = {
      message: 'It matches everything.',
      guidance: 'Take it away.',
      field: 'params.spec.ignoreLines[3]',
    };
    expect(lineProblem(error, lines)).toEqual({
      n: 4,
      line: '/Videos/',
      why: 'It matches everything. Take it away.',
    });
    expect(lineProblem({ ...error, field: 'spec.ignoreLines.2' }, lines)).toMatchObject({ n: 3, line: '*.mkv' });
  });

  it('is found before anybody is asked where it is no rule or too long', () => {
    expect(lineProblem(null, ['*.iso', 'bad\\'])).toMatchObject({ n: 2, line: 'bad\\' });
    expect(lineProblem(null, ['*.iso', 'x'.repeat(1001)])?.line).toMatch(/^x{39}…$/);
  });

  it('is none where the error is about something else', () => {
    expect(lineProblem({ message: 'No such folder.', guidance: '', field: 'params.spec.path' }, lines)).toBeNull();
    expect(lineProblem(null, lines)).toBeNull();
  });
});

it('counts what stands for something', () => {
  expect([...lines, 'bad\\'].filter(isRule)).toEqual(['*.mkv', '/Videos/']);
  const item = { kind: 'rule' as const, value: 'x', files: 1, places: [] };
  const items = [
    { ...item, bytes: 3 },
    { ...item, value: 'y', bytes: 4 },
  ];
  expect(sumOf({ items, keptFiles: 0, keptBytes: 0, complete: true })).toBe(7);
});
