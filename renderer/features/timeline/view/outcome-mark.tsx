import type { ReactNode } from 'react';

/** The sign of a run without a snapshot, as on the lanes: filled where something went wrong, hollow where nothing did. */
export function OutcomeMark({
  kind,
  size = 13,
}: {
  readonly kind: 'missed' | 'failed' | 'interrupted' | 'cancelled';
  readonly size?: number;
}): ReactNode {
  const filled = kind === 'failed' || kind === 'interrupted';
  const color = filled ? 'var(--sp-bad)' : kind === 'missed' ? 'var(--sp-warn)' : 'var(--sp-ink3)';
  const sign = filled ? 'var(--sp-panel)' : color;
  return (
    <svg aria-hidden="true" width={size} height={size} viewBox="0 0 14 14" style={{ flex: 'none' }}>
      <circle cx="7" cy="7" r="6" fill={filled ? color : 'none'} stroke={color} strokeWidth="1.4" />
      {kind === 'missed' || kind === 'failed' ? (
        <path d="M4.8 4.8 9.2 9.2M9.2 4.8 4.8 9.2" stroke={sign} strokeWidth="1.6" />
      ) : (
        <path d="M4.2 7H9.8" stroke={sign} strokeWidth="1.6" />
      )}
    </svg>
  );
}
