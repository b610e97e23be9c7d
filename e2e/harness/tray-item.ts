import { setTimeout } from 'node:timers/promises';
import { expect } from '@playwright/test';
import { type Target, type UserBus, variant } from './user-bus.ts';

/** An entry of the menu as a panel sees it. */
export interface MenuEntry {
  readonly id: number;
  readonly label: string;
  readonly enabled: boolean;
  readonly isSeparator: boolean;
  readonly entries: readonly MenuEntry[];
}

const watcher: Target = {
  destination: 'org.kde.StatusNotifierWatcher',
  path: '/StatusNotifierWatcher',
  interface: 'org.kde.StatusNotifierWatcher',
};

/** Nobody chooses faster; what changes in a row has changed by then. */
const settledMs = 200;

/** Our icon in the tray, driven as a panel drives it: over StatusNotifierItem and com.canonical.dbusmenu. */
export class TrayItem {
  readonly #bus: UserBus;
  readonly #item: Target;

  private constructor(bus: UserBus, item: Target) {
    this.#bus = bus;
    this.#item = item;
  }

  /** Waits until the app has registered its item with the panel. */
  static async find(bus: UserBus): Promise<TrayItem> {
    let found: string | undefined;
    await expect
      .poll(async () => {
        found = (await registeredItems(bus))[0];
        return found;
      })
      .toBeDefined();
    const [, destination = '', path = ''] = /^([^/]+)(\/.*)$/.exec(found ?? '') ?? [];
    return new TrayItem(bus, { destination, path, interface: 'org.kde.StatusNotifierItem' });
  }

  /** The words a panel shows when the pointer rests on the icon. */
  async tooltip(): Promise<string> {
    const [, , title, text] = (await this.#bus.get(this.#item, 'ToolTip')) as [string, unknown, string, string];
    return `${title}${text}`;
  }

  /** The picture: pixels of the largest size as they go to the panel. */
  async picture(): Promise<{ readonly size: number; readonly pixels: readonly number[] }> {
    const pictures = (await this.#bus.get(this.#item, 'IconPixmap')) as [number, number, number[]][];
    const [size = 0, , pixels = []] = pictures.toSorted(([a], [b]) => b - a)[0] ?? [];
    return { size, pixels };
  }

  async menu(): Promise<readonly MenuEntry[]> {
    return (await this.#layout()).entries;
  }

  /** What the menu says, submenus behind an arrow, dimmed entries in parentheses. */
  async words(): Promise<string[]> {
    return wordsOf(await this.menu());
  }

  /**
   * Chooses an entry by the labels on the way to it, as a person does: when it is there and can be chosen, in a menu that stands
   * still. Entries are numbered anew with each change of the menu, so a number read before one may mean another entry after it.
   */
  async choose(...labels: readonly string[]): Promise<void> {
    await expect(async () => {
      const before = await this.#layout();
      await setTimeout(settledMs);
      const { revision, entries } = await this.#layout();
      expect(revision).toBe(before.revision);
      const { id } = entryAt(entries, labels);
      // One that is refused was not chosen.
      await this.#bus.call(await this.#menu(), 'Event', 'isvu', [id, 'clicked', variant('i', 0), 0]);
    }).toPass({ timeout: 20_000 });
  }

  /** A plain click on the icon. */
  async click(): Promise<void> {
    await this.#bus.call(this.#item, 'Activate', 'ii', [0, 0]);
  }

  async #layout(): Promise<{ readonly revision: number; readonly entries: readonly MenuEntry[] }> {
    const [revision, layout] = await this.#bus.call(await this.#menu(), 'GetLayout', 'iias', [0, -1, []]);
    return { revision: Number(revision), entries: entryOf(layout).entries };
  }

  async #menu(): Promise<Target> {
    const path = String(await this.#bus.get(this.#item, 'Menu'));
    return { destination: this.#item.destination, path, interface: 'com.canonical.dbusmenu' };
  }
}

export async function registeredItems(bus: UserBus): Promise<string[]> {
  if (!(await bus.hasOwner(watcher.destination))) return [];
  return (await bus.get(watcher, 'RegisteredStatusNotifierItems')) as string[];
}

/** Whether a panel that shows such items is there. */
export async function hasTrayHost(bus: UserBus): Promise<boolean> {
  return (
    (await bus.hasOwner(watcher.destination)) && (await bus.get(watcher, 'IsStatusNotifierHostRegistered')) === true
  );
}

function entryAt(menu: readonly MenuEntry[], labels: readonly string[]): MenuEntry {
  let entries = menu;
  let entry: MenuEntry | undefined;
  for (const label of labels) {
    entry = entries.find((each) => each.label === label);
    if (!entry) throw new Error(`no “${label}” among ${wordsOf(entries).join(', ')}`);
    entries = entry.entries;
  }
  if (!entry?.enabled) throw new Error(`“${labels.join(' > ')}” cannot be chosen`);
  return entry;
}

function wordsOf(entries: readonly MenuEntry[]): string[] {
  return entries.flatMap((entry) => {
    if (entry.isSeparator) return [];
    const label = entry.enabled ? entry.label : `(${entry.label})`;
    return entry.entries.length === 0 ? [label] : [label, ...wordsOf(entry.entries).map((word) => `> ${word}`)];
  });
}

function entryOf(layout: unknown): MenuEntry {
  const [id, properties, children] = layout as [number, Record<string, unknown>, unknown[]];
  return {
    id,
    // A single underscore stands before the letter that is underlined.
    label: String(properties.label ?? '').replace(/_(.)/g, '$1'),
    enabled: properties.enabled !== false,
    isSeparator: properties.type === 'separator',
    entries: children.map(entryOf),
  };
}
