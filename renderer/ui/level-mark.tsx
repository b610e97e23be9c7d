import type { ReactNode } from 'react';
import { type LevelShape, levelLooks, type ShownLevel } from './level-shape.ts';
import { tokenVariable } from './theme/tokens.ts';

/** The sign of a level. Decoration: the label beside it, or the name of what holds it, says the same in words. */
export function LevelMark({ level, size = 12 }: { readonly level: ShownLevel; readonly size?: number }): ReactNode {
  const { shape, token } = levelLooks[level];
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 12 12"
      style={{ color: `var(${tokenVariable(token)})`, flex: 'none' }}
    >
      {drawings[shape]}
    </svg>
  );
}

const drawings: Readonly<Record<LevelShape, ReactNode>> = {
  diamond: <path d="M6 0.3 11.7 6 6 11.7 0.3 6Z" fill="currentColor" />,
  disc: <circle cx="6" cy="6" r="5.2" fill="currentColor" />,
  square: <rect x="1.2" y="1.2" width="9.6" height="9.6" rx="1" fill="currentColor" />,
  ring: <circle cx="6" cy="6" r="4.5" fill="none" stroke="currentColor" strokeWidth="2.2" />,
  'half-square': (
    <>
      <rect x="1.9" y="1.9" width="8.2" height="8.2" rx="0.8" fill="none" stroke="currentColor" strokeWidth="1.6" />
      <path d="M1.9 10.1V1.9H10.1Z" fill="currentColor" />
    </>
  ),
  triangle: <path d="M6 0.8 11.6 11H0.4Z" fill="currentColor" />,
  'dashed-ring': (
    <circle cx="6" cy="6" r="4.6" fill="none" stroke="currentColor" strokeWidth="1.8" strokeDasharray="2.9 1.9" />
  ),
};
