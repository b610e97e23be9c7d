/**
 * Restic cuts files with a Rabin fingerprint whose parameter, an irreducible polynomial over GF(2) of degree 53, is in
 * the repository's configuration. We do not cut with it, but restic refuses a repository that has none.
 * A polynomial is a bigint, bit n the coefficient of x^n.
 */
const degree = 53;

/** `randomBits()` gives uniformly distributed integers below 2^64. */
export function irreduciblePolynomial(randomBits: () => bigint): bigint {
  for (;;) {
    const candidate = (randomBits() & ((1n << BigInt(degree)) - 1n)) | (1n << BigInt(degree)) | 1n;
    if (isIrreducible(candidate)) return candidate;
  }
}

/** Ben-Or: no factor of degree up to half, that is gcd(f, x^(2^i) - x mod f) = 1 for every such i. */
export function isIrreducible(f: bigint): boolean {
  const half = Math.floor(degreeOf(f) / 2);
  let power = 2n;
  for (let step = 1; step <= half; step += 1) {
    power = remainder(square(power), f);
    if (greatestCommonDivisor(f, power ^ 2n) !== 1n) return false;
  }
  return degreeOf(f) > 0;
}

function degreeOf(f: bigint): number {
  return f === 0n ? -1 : f.toString(2).length - 1;
}

function remainder(dividend: bigint, divisor: bigint): bigint {
  const divisorDegree = degreeOf(divisor);
  let rest = dividend;
  for (let excess = degreeOf(rest) - divisorDegree; excess >= 0; excess = degreeOf(rest) - divisorDegree) {
    rest ^= divisor << BigInt(excess);
  }
  return rest;
}

/** Squaring over GF(2) spreads the bits: a zero between each two. */
function square(f: bigint): bigint {
  return BigInt(`0b${f.toString(2).split('').join('0')}`);
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [one, other] = [a, b];
  while (other !== 0n) [one, other] = [other, remainder(one, other)];
  return one;
}
