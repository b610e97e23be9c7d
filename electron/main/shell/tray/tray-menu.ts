import type { MenuItemConstructorOptions } from 'electron';
import type { TrayAction, TrayItem } from '../../jobs/tray-model.ts';

/** The model as Electron builds menus from it. */
export function menuTemplate(
  items: readonly TrayItem[],
  onAction: (action: TrayAction) => void,
): MenuItemConstructorOptions[] {
  return items.map((item): MenuItemConstructorOptions => {
    if (item.kind === 'separator') return { type: 'separator' };
    const label = shown(item.label);
    if (item.kind === 'text') return { label, enabled: false };
    const { enabled } = item;
    if (item.kind === 'menu') return { label, enabled, submenu: menuTemplate(item.items, onAction) };
    return { label, enabled, click: () => onAction(item.action) };
  });
}

/** A single `&` would underline the next letter instead of being shown. */
function shown(label: string): string {
  return label.replaceAll('&', '&&');
}
