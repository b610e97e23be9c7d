import type { SourceView } from '../../shared/ipc/sources.ts';

/**
 * Why a late source is late, without its full stop: what holds its run back, else what main says of it. That it is late is
 * said by whoever asks, so the word is not said twice.
 */
export function whyLate({ heldBack, healthText }: Pick<SourceView, 'heldBack' | 'healthText'>): string {
  return (heldBack || healthText.replace(/^Late: /, '')).replace(/\.$/, '');
}
