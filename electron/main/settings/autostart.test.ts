import { describe, expect, it } from 'vitest';
import type { Settings } from '../../../shared/ipc/app.ts';
import { Autostart } from './autostart.ts';
import { defaultSettings } from './settings-store.ts';

function over(entry: 'absent' | 'on' | 'off', startAtLogin: boolean | null = null) {
  const settings = {
    current: { ...defaultSettings, startAtLogin } as Settings,
    change: async (patch: object) => {
      settings.current = { ...settings.current, ...patch };
      return settings.current;
    },
  };
  const desktop = { entry, written: 0 };
  const autostart = new Autostart(
    {
      isSet: async () => desktop.entry === 'on',
      isUndecided: async () => desktop.entry === 'absent',
      set: async (isWanted) => {
        desktop.written += 1;
        desktop.entry = isWanted ? 'on' : 'absent';
      },
    },
    settings,
  );
  return { autostart, settings, desktop };
}

describe('beginning at login', () => {
  it('is switched on once when something is protected, and not again after somebody took it back', async () => {
    const { autostart, settings, desktop } = over('absent');
    await autostart.somethingIsProtected();
    expect([autostart.isSet, settings.current.startAtLogin, desktop.written]).toEqual([true, true, 1]);
    desktop.entry = 'absent';
    await autostart.somethingIsProtected();
    expect(desktop.written).toBe(1);
  });

  it('stays off where the desktop’s own settings had switched it off before', async () => {
    const { autostart, settings, desktop } = over('off');
    await autostart.somethingIsProtected();
    expect([autostart.isSet, settings.current.startAtLogin, desktop.written]).toEqual([false, false, 0]);
  });

  it('goes on where a person asks for it, whatever was before', async () => {
    const { autostart, desktop } = over('off', false);
    await autostart.choose(true);
    expect([autostart.isSet, desktop.entry]).toEqual([true, 'on']);
  });
});
