/** The parts of an address that let somebody in; its host is none. */
export function addressSecrets(url: URL, entered: string): string[] {
  const path = url.pathname.replace(/\/+$/, '');
  const parts = [entered.trim(), url.href, url.pathname + url.search, path, url.search, url.username, url.password];
  // A long part of a path or query is a key by itself, wherever the other side repeats it.
  const keys = [...path.split('/'), ...url.searchParams.values()].filter((part) => part.length >= 8);
  return [...parts, ...keys].filter((part) => part.length > 1);
}
