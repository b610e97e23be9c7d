import { expect, it } from 'vitest';
import { helperEnvironment } from './helper-environment.ts';

it('passes on what the helper needs and nothing else', () => {
  const ours = {
    HOME: '/home/u',
    XDG_CONFIG_HOME: '/c',
    STILLPOINT_TEST: '1',
    RESTIC_PASSWORD: 'secret',
    LD_PRELOAD: '/evil.so',
    NODE_OPTIONS: '--require /evil.js',
    ELECTRON_RUN_AS_NODE: '1',
  };
  expect(helperEnvironment(ours)).toEqual({ HOME: '/home/u', XDG_CONFIG_HOME: '/c', STILLPOINT_TEST: '1' });
});
