import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { onMains } from './power.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'stillpoint-power-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

type Tree = Readonly<Record<string, Readonly<Record<string, string>>>>;

function of(tree: Tree): boolean | null {
  for (const [supply, attributes] of Object.entries(tree)) {
    mkdirSync(join(root, supply));
    for (const [name, value] of Object.entries(attributes)) writeFileSync(join(root, supply, name), `${value}\n`);
  }
  return onMains(root);
}

/** What laptops, desktops and what is plugged into them show below /sys/class/power_supply. */
const battery = (status: string) => ({ type: 'Battery', present: '1', status, capacity: '81', technology: 'Li-ion' });
const mains = (online: string) => ({ type: 'Mains', online });
const usbPort = (online: string) => ({ type: 'USB', online, usb_type: '[C] PD PD_PPS' });
const mouse = { type: 'Battery', scope: 'Device', present: '1', status: 'Discharging', model_name: 'Wireless Mouse' };
const ups = (status: string) => ({ type: 'UPS', present: '1', status });

const trees: readonly (readonly [string, Tree, boolean | null])[] = [
  ['a laptop that is plugged in and full', { AC: mains('1'), BAT0: battery('Full') }, true],
  ['a laptop on battery', { AC: mains('0'), BAT0: battery('Discharging') }, false],
  ['a laptop that stopped charging at its limit', { ADP1: mains('1'), BAT1: battery('Not charging') }, true],
  [
    'a laptop fed over USB-C beside an empty plug',
    { AC: mains('0'), ucsi: usbPort('1'), BAT0: battery('Charging') },
    true,
  ],
  ['a laptop on a supply that is too weak', { ucsi: usbPort('2'), BAT0: battery('Discharging') }, true],
  [
    'a laptop with two batteries, one of them resting',
    { AC: mains('0'), BAT0: battery('Discharging'), BAT1: battery('Unknown') },
    false,
  ],
  ['a laptop whose battery cannot say', { AC: mains('0'), BAT0: battery('Unknown') }, false],
  ['a laptop whose battery was taken out', { AC: mains('1'), BAT0: { ...battery('Unknown'), present: '0' } }, true],
  ['a tablet without a plug of its own', { BAT0: battery('Charging') }, true],
  ['a desktop', {}, null],
  ['a desktop with a wireless mouse', { hidpp_battery_0: mouse }, null],
  ['a desktop with unused USB-C ports', { ucsi1: usbPort('0'), ucsi2: usbPort('0') }, null],
  ['a plugged in laptop with a wireless mouse', { AC: mains('1'), BAT0: battery('Full'), mouse }, true],
  [
    'a laptop on battery whose mouse charges',
    { AC: mains('0'), BAT0: battery('Discharging'), mouse: { ...mouse, status: 'Charging' } },
    false,
  ],
  ['a desktop behind a UPS', { ups: ups('Full') }, true],
  ['a desktop behind a UPS in a power cut', { ups: ups('Discharging') }, false],
  ['a laptop behind a UPS in a power cut', { AC: mains('1'), BAT0: battery('Full'), ups: ups('Discharging') }, false],
  ['a battery that says nothing', { BAT0: battery('Unknown') }, null],
  ['a device that went while it was looked at', { BAT0: {} }, null],
];

it.each(trees)('%s', (_what, tree, expected) => {
  expect(of(tree)).toBe(expected);
});

it('a system that shows no supplies at all', () => {
  expect(onMains(join(root, 'missing'))).toBeNull();
});
