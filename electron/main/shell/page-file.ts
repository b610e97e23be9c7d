import { join, normalize } from 'node:path';

/** The file an address means; undefined when it leaves the folder or the host. */
export function pageFile(address: string, folder: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const { host, pathname } = new URL(address);
  if (host !== 'app') return undefined;
  let decoded: string;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
  if (decoded.includes('\0') || decoded.endsWith('/')) return undefined;
  const path = normalize(join(folder, decoded));
  return path.startsWith(`${normalize(folder)}/`) ? path : undefined;
}
