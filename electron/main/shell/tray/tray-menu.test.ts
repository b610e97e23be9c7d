import { expect, it } from 'vitest';
import type { TrayAction, TrayItem } from '../../jobs/tray-model.ts';
import { menuTemplate } from './tray-menu.ts';

it('shows the model as it is, and tells what was chosen', () => {
  const quit: TrayAction = { kind: 'quit' };
  const items: TrayItem[] = [
    { kind: 'text', label: 'All 2 are safe' },
    { kind: 'separator' },
    {
      kind: 'menu',
      label: 'More',
      enabled: true,
      items: [{ kind: 'action', label: 'Q & A', action: quit, enabled: false }],
    },
    { kind: 'action', label: 'Quit', action: quit, enabled: true },
  ];
  const chosen: TrayAction[] = [];
  const template = menuTemplate(items, (action) => chosen.push(action));
  expect(template).toMatchObject([
    { label: 'All 2 are safe', enabled: false },
    { type: 'separator' },
    { label: 'More', enabled: true, submenu: [{ label: 'Q && A', enabled: false }] },
    { label: 'Quit', enabled: true },
  ]);
  const click = template[3]?.click as (() => void) | undefined;
  click?.();
  expect(chosen).toEqual([quit]);
});
