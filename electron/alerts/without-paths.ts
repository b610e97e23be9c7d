/** Words that name a place on this machine stay on this machine: what is told elsewhere says where to look instead. */
export function withoutPaths(words: string): string {
  return /(^|[^\p{L}\p{N}])[/~]\S/u.test(words) ? 'See Stillpoint on that machine for what happened' : words;
}
