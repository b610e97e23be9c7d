/** Minutes east of UTC of this machine's wall clock at an instant in nanoseconds since 1970. */
export function localOffset(timeNs: bigint): number {
  return -Math.round(new Date(Number(timeNs / 1_000_000n)).getTimezoneOffset()) || 0;
}
