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

/** How many of an offer's snapshots the rules of their sources would keep. */
export function beyondRules({ kind, snapshotIds }: Offer, { offers }: Freeable): number {
  if (kind === 'by-rules') return 0;
  const byRules = new Set(offers.find((offer) => offer.kind === 'by-rules')?.snapshotIds);
  return snapshotIds.filter((id) => !byRules.has(id)).length;
}
