import type { Freeable } from '../../../shared/domain/keep/plan.ts';

export type Offer = Freeable['offers'][number];

/** Offers worth showing: those that free something, each once where two choose the same. */
export function shownOffers({ offers }: Freeable): Offer[] {
  const seen = new Set<string>();
  return offers.filter((offer) => {
    if (offer.bytes <= 0 && offer.snapshotIds.length === 0) return false;
    const key = offer.snapshotIds.toSorted().join(' ');
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/**
 * What stands chosen before anybody chose: what the rules would delete anyway, or space nobody uses. More than that is
 * never chosen for somebody.
 */
export function firstChoice(offers: readonly Offer[]): Offer['kind'] | null {
  return (
    offers.find(({ kind }) => kind === 'by-rules')?.kind ?? offers.find(({ kind }) => kind === 'unused')?.kind ?? null
  );
}

/** An offer that deletes more than the rules of the sources would. */
export function goesBeyondRules({ kind }: Offer): boolean {
  return kind !== 'by-rules' && kind !== 'unused';
}
