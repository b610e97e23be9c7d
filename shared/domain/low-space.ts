const share = 0.05;
const bytes = 5 * 1024 ** 3;

/** So little free space that the next backups may not fit: below a twentieth and below five GiB. */
export function isLowSpace({
  freeBytes,
  totalBytes,
}: {
  readonly freeBytes: number | null;
  readonly totalBytes: number | null;
}): boolean {
  return freeBytes !== null && totalBytes !== null && freeBytes < Math.min(bytes, totalBytes * share);
}
