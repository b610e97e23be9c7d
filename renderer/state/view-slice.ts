import type { Slice } from './slice.ts';
import type { View } from './view.ts';

const maxHistory = 30;

export interface ViewSlice {
  readonly view: View;
  readonly history: readonly View[];
  readonly open: (view: View) => void;
  /** To the view before this one; the main view when there is none. */
  readonly back: () => void;
}

export const createViewSlice: Slice<ViewSlice> = (set, get) => ({
  view: { name: 'main' },
  history: [],
  open: (view) => {
    const { view: current, history } = get();
    // A view opened again with other particulars (a search typed further) replaces itself.
    const kept = current.name === view.name ? history : [...history, current].slice(-maxHistory);
    set({ view, history: view.name === 'main' ? [] : kept });
  },
  back: () => {
    const history = [...get().history];
    set({ view: history.pop() ?? { name: 'main' }, history });
  },
});
