import type { ReactNode } from 'react';

/** The still point inside the ring of what goes on. */
export function BrandMark({ size = 22 }: { readonly size?: number }): ReactNode {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 22 22"
      style={{ color: 'var(--sp-accent)', flex: 'none' }}
    >
      <circle cx="11" cy="11" r="9.4" fill="none" stroke="currentColor" strokeWidth="2" />
      <circle cx="11" cy="11" r="4" fill="currentColor" />
    </svg>
  );
}
