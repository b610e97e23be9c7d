import { describe, expect, it } from 'vitest';
import { parseKernelRelease } from '../../system/machine.ts';
import { mayOverlaysWriteUntold } from './overlay-writes.ts';

const withOverlay = (): string => 'nodev\tsysfs\nnodev\toverlay\n\text4\n';
const without = (): string => 'nodev\tsysfs\n\text4\nnodev\toverlayfs-like\n';

describe('writes through overlays', () => {
  it.each([
    ['6.1.0-18-amd64', withOverlay, true],
    ['6.4.12', withOverlay, true],
    ['6.1.0-18-amd64', without, false],
    ['6.5.0', withOverlay, false],
    ['7.0.1', withOverlay, false],
  ])('%s', (release, filesystems, expected) => {
    expect(mayOverlaysWriteUntold(parseKernelRelease(release), filesystems)).toBe(expected);
  });
});
