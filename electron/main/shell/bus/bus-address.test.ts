import { expect, it } from 'vitest';
import { sessionBusAddress } from './bus-address.ts';

it.each([
  [
    'what the session says',
    { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/a', XDG_RUNTIME_DIR: '/run/user/1' },
    'unix:path=/a',
  ],
  ['the usual socket', { XDG_RUNTIME_DIR: '/run/user/1' }, 'unix:path=/run/user/1/bus'],
  ['nothing where it is not there', { XDG_RUNTIME_DIR: '/run/user/2' }, undefined],
  ['nothing where nobody says where', { DBUS_SESSION_BUS_ADDRESS: '' }, undefined],
])('%s', (_what, environment, expected) => {
  expect(sessionBusAddress(environment, (path) => path === '/run/user/1/bus')).toBe(expected);
});
