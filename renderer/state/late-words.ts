import type { SourceView } from '../../shared/ipc/sources.ts';

/**
 * Why a late source is late, without its full stop: what holds its run back, else what main says of it. That it is late is
 * said by whoever asks, so the word is not said twice.
 */
export function whyLate({ heldBack, healthText }: Pick<SourceView, 'heldBack' | 'healthText'>): string {
  return (heldBack || healthText).replace(/\.$/, '');
}

/**
 * A reason in the middle of a sentence. Only for what main says of late, weaker and waiting sources: those reasons begin with a
 * word of their own or with the name of a repository, which keeps its letters.
 */
export function inSentence(why: string, names: readonly string[] = []): string {
  return names.some((name) => why.startsWith(name)) ? why : why.charAt(0).toLowerCase() + why.slice(1);
}
