import { describe, expect, it } from 'vitest';
import { presets } from '../control/limits.ts';
import { viewportOf } from '../time/viewport.ts';
import { keptRange, restoredRange } from './kept-range.ts';
import { commandOf } from './keyboard.ts';

const now = Date.UTC(2026, 10, 20);
const key = (name: string, more: Partial<KeyboardEvent> = {}): Parameters<typeof commandOf>[0] => ({
  key: name,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  shiftKey: false,
  ...more,
});

describe('the range after a restart', () => {
  it.each(presets)('%s follows now again', (preset) => {
    const kept = keptRange({ following: preset, viewport: viewportOf(now, now + 1) });
    expect(restoredRange(kept)).toBe(preset);
  });

  it('is where the user went', () => {
    const kept = keptRange({ following: null, viewport: viewportOf(now - 1000.25, now) });
    expect(restoredRange(kept)).toEqual({ from: now - 1000.25, to: now });
  });

  it('is a week when nothing, or nonsense, was stored', () => {
    expect(restoredRange(null)).toBe('week');
    expect(restoredRange({ from: 5, to: 5 })).toBe('week');
    expect(restoredRange({ from: 0, to: 12345 })).toBe('week');
  });
});

describe('keys', () => {
  it('step, change lanes, zoom and go to the ends', () => {
    expect(commandOf(key('ArrowLeft'))).toEqual({ do: 'step', by: -1 });
    expect(commandOf(key('ArrowDown'))).toEqual({ do: 'lane', by: 1 });
    expect(commandOf(key('End'))).toEqual({ do: 'end', which: 'last' });
    expect(commandOf(key('+'))).toEqual({ do: 'zoom', factor: 2 });
    expect(commandOf(key('-'))).toEqual({ do: 'zoom', factor: 0.5 });
    expect(commandOf(key('ArrowRight', { shiftKey: true }))).toMatchObject({ do: 'pan' });
  });

  it('leave shortcuts of the window and of the system alone', () => {
    expect(commandOf(key('f', { ctrlKey: true }))).toBeNull();
    expect(commandOf(key('ArrowLeft', { altKey: true }))).toBeNull();
    expect(commandOf(key('Tab'))).toBeNull();
    expect(commandOf(key('t'))).toBeNull();
  });
});
