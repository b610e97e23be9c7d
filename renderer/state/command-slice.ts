import type { AppEvent } from '../../shared/ipc/events.ts';
import type { Slice } from './slice.ts';

export type MenuCommand = Extract<AppEvent, { type: 'command' }>['command'];

export interface CommandSlice {
  /** The last command of the menu or tray; another object each time, so that the same one can be given twice. */
  readonly command: { readonly name: MenuCommand } | null;
  readonly give: (name: MenuCommand) => void;
}

export const createCommandSlice: Slice<CommandSlice> = (set) => ({
  command: null,
  give: (name) => set({ command: { name } }),
});
