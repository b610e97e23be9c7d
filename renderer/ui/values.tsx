import { Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import { formatBytes } from './format/bytes.ts';
import { formatDateTime } from './format/date-time.ts';
import { formatDuration } from './format/duration.ts';
import { formatRelative } from './format/relative-time.ts';
import { useNow } from './use-now.ts';

export function Bytes({ value }: { readonly value: number }): ReactNode {
  return <span className="sp-figures">{formatBytes(value)}</span>;
}

export function Duration({ ms }: { readonly ms: number }): ReactNode {
  return <span className="sp-figures">{formatDuration(ms)}</span>;
}

/** `11 min ago`, kept current; the exact local time on hover. */
export function RelativeTime({ ms }: { readonly ms: number }): ReactNode {
  const now = useNow(20_000);
  return (
    <Tooltip label={formatDateTime(ms)}>
      <time dateTime={new Date(ms).toISOString()}>{formatRelative(ms, now)}</time>
    </Tooltip>
  );
}
