/** Where people say that they keep their recovery sheet. */
export const keepingPlaces = ['paper', 'other-device', 'somebody', 'here'] as const;
export type KeepingPlace = (typeof keepingPlaces)[number];

/** On this computer it is lost together with the computer: that is not kept. */
export function isKept(place: KeepingPlace): boolean {
  return place !== 'here';
}
