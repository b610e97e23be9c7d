import { describe, expect, it } from 'vitest';
import { listenerInfo } from './listener-info.ts';

const shown = (flags: string, eventFlags: string, ...marks: string[]): string =>
  ['pos:\t0', 'flags:\t02000002', `fanotify flags:${flags} event-flags:${eventFlags}`, ...marks, ''].join('\n');
const rest = 'mflags:0 mask:20 ignored_mask:0';

describe('what a descriptor shows of a group of fanotify', () => {
  it('writers are handed out by events that carry descriptors, and only where these are opened for writing', () => {
    const handsOut = (flags: string, eventFlags: string) => listenerInfo(shown(flags, eventFlags))?.handsOutWriters;
    expect(handsOut('1', '8002')).toBe(true);
    expect(handsOut('5', '8001')).toBe(true);
    expect(handsOut('1', '8000')).toBe(false);
    for (const reporting of ['201', '401', 'e01', '1e01']) expect(handsOut(reporting, '8002')).toBe(false);
  });

  it('says of which filesystems and mounts', () => {
    const marks = [
      `fanotify mnt_id:1b ${rest}`,
      `fanotify sdev:fe00000 ${rest}`,
      `fanotify ino:22c31e sdev:700003 ${rest}`,
    ];
    expect(listenerInfo(shown('9', '8000', ...marks))).toEqual({
      fills: true,
      handsOutWriters: false,
      isAsked: false,
      devices: new Set(['254:0', '7:3']),
      mountIds: [27],
    });
  });

  it('says whether anybody waits for its answer', () => {
    const asked = (mask: string) =>
      listenerInfo(shown('5', '8000', `fanotify mnt_id:1b mflags:0 mask:${mask} ignored_mask:10000`));
    for (const mask of ['10000', '20000', '40000', '10020']) expect(asked(mask)?.isAsked).toBe(true);
    for (const mask of ['20', '100000', '40000020']) expect(asked(mask)?.isAsked).toBe(false);
  });

  it('is nothing of any other descriptor', () => {
    expect(listenerInfo('pos:\t0\nflags:\t02000002\ninotify wd:1 ino:2 sdev:3')).toBeUndefined();
  });
});
