import { powerSaveBlocker } from 'electron';

export interface KeepAwake {
  /** Holds off that an idle machine goes to sleep, or no longer. A closed lid and a person’s wish still count; so does the screen’s rest. */
  set(isWanted: boolean): void;
}

export function keepAwake(blocker: Pick<typeof powerSaveBlocker, 'start' | 'stop'> = powerSaveBlocker): KeepAwake {
  let id: number | undefined;
  return {
    set(isWanted) {
      if (isWanted === (id !== undefined)) return;
      if (id === undefined) {
        id = blocker.start('prevent-app-suspension');
      } else {
        blocker.stop(id);
        id = undefined;
      }
    },
  };
}
