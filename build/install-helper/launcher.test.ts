import { describe, expect, it } from 'vitest';
import { launcherScript } from './launcher.ts';
import { isNeeded } from './native-packages.ts';

describe('launcherScript', () => {
  it('starts programs by their whole path only, and lets nothing of the environment through', () => {
    const script = launcherScript('/opt/stillpoint');
    expect(script.startsWith('#!/bin/sh\n')).toBe(true);
    expect(script).toContain('exec /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin ');
    expect(script).toMatch(
      / \/opt\/stillpoint\/bin\/node --max-semi-space-size=\d+ \\\n {2}\/opt\/stillpoint\/helper\/helper\.js\n$/,
    );
    expect(script).not.toContain('$@');
  });

  it('takes no prefix that the shell could read as something else', () => {
    for (const prefix of ['/opt/a b', '/opt/$(id)', "/opt/'", 'opt', '/opt/a\nid']) {
      expect(() => launcherScript(prefix)).toThrow('not a plain absolute path');
    }
  });
});

describe('isNeeded', () => {
  it('leaves out sources, documents and other platforms', () => {
    const here = `${process.platform}-${process.arch}`;
    expect(isNeeded(`sodium-native/prebuilds/${here}/sodium-native.node`)).toBe(true);
    expect(isNeeded('sodium-native/prebuilds/win32-x64/sodium-native.node')).toBe(false);
    expect(isNeeded('koffi/src/koffi/index.js')).toBe(true);
    expect(isNeeded('koffi/vendor')).toBe(false);
    expect(isNeeded('koffi/src/koffi/src/call.cc')).toBe(false);
  });
});
