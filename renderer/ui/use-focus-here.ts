import { type RefObject, useEffect, useRef } from 'react';

/** Moves the focus to an element when it appears, so that what replaced the focused button is what is read next. */
export function useFocusHere<Element extends HTMLElement>(): RefObject<Element | null> {
  const ref = useRef<Element>(null);
  useEffect(() => ref.current?.focus({ preventScroll: true }), []);
  return ref;
}
