import { expect, it } from 'vitest';
import { asksOf } from './listeners.ts';

const shown = (...marks: string[]): string =>
  ['pos:\t0', 'flags:\t02000002', 'fanotify flags:9 event-flags:8000', ...marks, ''].join('\n');
const here = (group: string): boolean => group.includes('sdev:800001');

it.each<[string, string, number]>([
  ['before opening', 'fanotify sdev:800001 mflags:0 mask:10000 ignored_mask:0', 0x10000],
  ['before execution', 'fanotify ino:2a sdev:800001 mflags:0 mask:40020 ignored_mask:0', 0x40000],
  ['before content is touched', 'fanotify sdev:800001 mflags:0 mask:100000 ignored_mask:0', 0x100000],
  ['what is ignored until a file changes', 'fanotify sdev:800001 mflags:0 mask:10000 ignored_mask:10000', 0x10000],
])('counts %s', (_, mark, expected) => {
  expect(asksOf(shown(mark), here)).toBe(expected);
});

it.each<[string, string]>([
  ['who is only told', 'fanotify sdev:800001 mflags:0 mask:2000003a ignored_mask:0'],
  ['what is elsewhere', 'fanotify sdev:800002 mflags:0 mask:10000 ignored_mask:0'],
  ['what is ignored for good, as a watch of ours is', 'fanotify sdev:800001 mflags:40 mask:100000 ignored_mask:100000'],
])('does not count %s', (_, mark) => {
  expect(asksOf(shown(mark), here)).toBe(0);
});

it('counts those marks of a group only that concern the filesystem', () => {
  const marks = [
    'fanotify sdev:800002 mflags:0 mask:10000 ignored_mask:0',
    'fanotify sdev:800001 mflags:0 mask:20000 ignored_mask:0',
  ];
  expect(asksOf(shown(...marks), here)).toBe(0x20000);
});
