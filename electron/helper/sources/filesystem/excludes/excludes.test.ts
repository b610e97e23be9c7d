import { describe, expect, it } from 'vitest';
import { type ExcludePreset, excludePresets } from '../../../../../shared/domain/excludes/presets.ts';
import { filesystemSpec } from '../../../../../shared/domain/source.ts';
import { pathKey, pathParts, relativePath } from '../path-bytes.ts';
import { excludesForSnapshot, readRules, rulesDetail, rulesOf, storeRules } from './exclude-rules.ts';
import { Excludes, excludesOf } from './excludes.ts';
import { unusualHomes } from './home-folders.ts';
import { anyFolders, matchesPlace, parsePlace, segmentsOf } from './place-pattern.ts';
import { presetPlaces } from './preset-places.ts';

/** What leaves an absolute path out of a source at `root`, asked from the top down; the last name ends in `/` for a folder. */
function leftOutBy(root: string, path: string, rules = rulesOf(filesystemSpec(root))): string | undefined {
  const excludes = new Excludes(rules, Buffer.from(root));
  const below = relativePath(Buffer.from(root), Buffer.from(path.replace(/\/$/, '')));
  if (below === null) throw new Error(`${path} is not below ${root}`);
  const names = pathParts(below);
  for (const [index, name] of names.entries()) {
    const folder = Buffer.from(names.slice(0, index).join('/'));
    const isDirectory = index < names.length - 1 || path.endsWith('/');
    const at = Buffer.from(names.slice(0, index + 1).join('/'));
    const by = excludes.in(folder, false).leavesOut({ name, path: at }, isDirectory);
    if (by !== undefined) return by.value;
  }
  return undefined;
}

describe('presets', () => {
  it.each<[ExcludePreset | undefined, string]>([
    ['caches', '/home/ana/.cache/mozilla/firefox/x'],
    ['caches', '/root/.cache/'],
    ['caches', '/home/ana/snap/code/common/.cache/x'],
    ['caches', '/home/ana/.npm/_cacache/x'],
    ['caches', '/var/cache/apt/archives/x.deb'],
    ['caches', '/mnt/old-disk/home/ana/.cache/x'],
    ['trash', '/home/ana/.local/share/Trash/files/letter.odt'],
    ['trash', '/home/ana/.var/app/org.gnome.gedit/data/Trash/files/x'],
    ['trash', '/media/ana/stick/.Trash-1000/files/x'],
    ['browser-caches', '/home/ana/.mozilla/firefox/ab12.default/cache2/entries/x'],
    ['browser-caches', '/home/ana/.mozilla/firefox/ab12.default/storage/default/https+++a.org/cache/x'],
    ['browser-caches', '/home/ana/snap/firefox/common/.mozilla/firefox/ab12.default/startupCache/x'],
    ['browser-caches', '/home/ana/.config/google-chrome/Default/Code Cache/js/x'],
    ['browser-caches', '/home/ana/.config/google-chrome/Default/Cache/Cache_Data/x'],
    ['browser-caches', '/home/ana/.config/BraveSoftware/Brave-Browser/Profile 1/Service Worker/CacheStorage/x'],
    ['browser-caches', '/home/ana/.config/vivaldi/Default/GPUCache/'],
    ['browser-caches', '/home/ana/.config/microsoft-edge/ShaderCache/x'],
    ['browser-caches', '/home/ana/.config/Code/CachedData/x'],
    ['browser-caches', '/home/ana/.config/Slack/Cache/x'],
    ['browser-caches', '/home/ana/.var/app/com.slack.Slack/config/Slack/GPUCache/x'],
    ['browser-caches', '/home/ana/.thunderbird/ab12.default/cache2/x'],
    ['flatpak-caches', '/home/ana/.var/app/org.gimp.GIMP/cache/x'],
    ['flatpak-caches', '/var/tmp/flatpak-cache-ABCDEF/x'],
    ['flatpak-caches', '/home/ana/.local/share/flatpak/repo/tmp/cache/summaries/x'],
    // What somebody would miss.
    [undefined, '/home/ana/Documents/Cache/plan.odt'],
    [undefined, '/home/ana/Documents/Trash/plan.odt'],
    [undefined, '/home/ana/Documents/cache2/x'],
    [undefined, '/home/ana/projects/site/.cache/x'],
    [undefined, '/home/ana/.cache-of-letters/x'],
    [undefined, '/home/ana/.local/share/Trashcan/x'],
    [undefined, '/home/ana/.config/mytool/data/Cache/x'],
    [undefined, '/home/ana/.config/google-chrome/Default/Bookmarks'],
    [undefined, '/home/ana/.config/google-chrome/Default/IndexedDB/x'],
    [undefined, '/home/ana/.config/google-chrome/Default/Service Worker/Database/x'],
    [undefined, '/home/ana/.mozilla/firefox/ab12.default/places.sqlite'],
    [undefined, '/home/ana/.mozilla/firefox/ab12.default/storage/default/https+++a.org/idb/x'],
    [undefined, '/home/ana/.thunderbird/ab12.default/ImapMail/x'],
    [undefined, '/home/ana/.var/app/org.gimp.GIMP/data/x'],
    [undefined, '/home/ana/.local/share/flatpak/repo/objects/x'],
    [undefined, '/home/ana/.m2/repository/x'],
    [undefined, '/var/cache/debconf/config.dat'],
    [undefined, '/var/cache/apt/'],
    [undefined, '/var/tmp/interview.wav'],
    [undefined, '/srv/app/var/cache/x/y'],
    [undefined, '/tmp/x'],
  ])('%s: %s', (preset, path) => {
    expect(leftOutBy('/', path)).toBe(preset);
  });

  it.each([
    ['/home/ana', '/home/ana/.cache/'],
    ['/home', '/home/ana/.cache/'],
    ['/home/ana/.config', '/home/ana/.config/Slack/Cache/'],
    ['/home/ana/.mozilla', '/home/ana/.mozilla/firefox/p/cache2/'],
    ['/data/people/ana', '/data/people/ana/.cache/'],
    ['/data/people/ana', '/data/people/ana/.config/chromium/Default/Cache/'],
    ['/media/stick', '/media/stick/.Trash-1000/'],
    ['/media/stick', '/media/stick/.Trash/'],
    ['/var', '/var/cache/apt/archives/'],
    ['/var/cache', '/var/cache/apt/archives/'],
  ])('apply to a source at %s: %s', (root, path) => {
    expect(leftOutBy(root, path)).toBeDefined();
  });

  it('leave a place alone that was chosen as the source itself', () => {
    expect(leftOutBy('/home/ana/.cache', '/home/ana/.cache/thumbnails/x')).toBeUndefined();
    expect(leftOutBy('/home/ana/.local/share/Trash', '/home/ana/.local/share/Trash/files/x')).toBeUndefined();
    expect(leftOutBy('/var/cache/apt', '/var/cache/apt/archives/x.deb')).toBeUndefined();
  });

  it('leave out folders only, where a file has the name of one', () => {
    expect(leftOutBy('/home/ana', '/home/ana/.cache')).toBeUndefined();
    expect(leftOutBy('/var', '/var/cache/man/index.db')).toBe('caches');
  });

  it('are off when they are not asked for', () => {
    const rules = rulesOf(filesystemSpec('/home/ana', { excludePresets: ['trash'] }));
    expect(leftOutBy('/home/ana', '/home/ana/.cache/', rules)).toBeUndefined();
    expect(leftOutBy('/home/ana', '/home/ana/.local/share/Trash/', rules)).toBe('trash');
    expect(new Excludes(rulesOf(filesystemSpec('/a', { excludePresets: [] })), Buffer.from('/a')).isEmpty).toBe(true);
  });

  it('know home folders that are elsewhere', () => {
    const rules = { ...rulesOf(filesystemSpec('/')), homes: ['/data/people/ana'] };
    expect(leftOutBy('/', '/data/people/ana/.cache/', rules)).toBe('caches');
    expect(leftOutBy('/', '/data/people/bob/.cache/', rules)).toBeUndefined();
  });

  it('give a reason for every place', () => {
    for (const { place, reason } of Object.values(presetPlaces).flat()) expect(reason, place).toMatch(/\w.*\.$/);
  });
});

describe('home folders', () => {
  it('are those of people, where one would not look for them', () => {
    const passwd = [
      'root:x:0:0::/root:/bin/bash',
      'man:x:6:12::/var/cache/man:/usr/sbin/nologin',
      'ana:x:1000:1000::/home/ana:/bin/bash',
      'bob:x:1001:1001::/data/people/bob:/bin/bash',
      'eve:x:1002:1002::/:/bin/bash',
      'mal:x:1003:1003::/data/../etc:/bin/bash',
      'nobody:x:65534:65534::/nonexistent:/usr/sbin/nologin',
    ].join('\n');
    expect(unusualHomes(passwd)).toEqual(['/data/people/bob']);
  });

  it('are kept with the rules only where the source has to do with them', () => {
    const homes = ['/data/people/bob', '/data/people/eve', '/datacenter/mal'];
    const homesOf = (path: string) => rulesOf(filesystemSpec(path), homes).homes;
    expect(homesOf('/')).toEqual(homes);
    expect(homesOf('/data')).toEqual(['/data/people/bob', '/data/people/eve']);
    expect(homesOf('/data/people/bob/.config')).toEqual(['/data/people/bob']);
    expect(homesOf('/srv')).toEqual([]);
    expect(leftOutBy('/data', '/data/people/bob/.cache/', rulesOf(filesystemSpec('/data'), homes))).toBe('caches');
  });
});

describe('the language of places', () => {
  const matches = (place: string, path: string): boolean =>
    parsePlace(place, [segmentsOf('/home/*')]).some((pattern) =>
      matchesPlace(pattern, pathParts(Buffer.from(path)).map(pathKey)),
    );

  it.each([
    ['/a/*/c', '/a/b/c', true],
    ['/a/*/c', '/a/c', false],
    ['/a/**/c', '/a/c', true],
    ['/a/**/c', '/a/x/y/c', true],
    ['**/c', '/c', true],
    ['~/x', '/home/ana/x', true],
    ['~/x', '/home/x', false],
    ['/{a,b/{c,d}}/e', '/b/d/e', true],
    ['/{a,b/{c,d}}/e', '/b/e', false],
    ['/x-*.y', '/x-1.y', true],
    ['/x-*.y', '/x-1zy', false],
    ['/ä*', '/ä1', true],
  ])('%s and %s', (place, path, expected) => {
    expect(matches(place, path)).toBe(expected);
  });

  it.each(['a/b', '~', '/', '/a/**', '/{a', '/a}', '**'])('refuses %s', (place) => {
    expect(() => parsePlace(place, [[anyFolders]])).toThrow('cannot be understood');
  });
});

describe('rules kept in a snapshot', () => {
  const spec = filesystemSpec('/home/ana', { excludes: ['/home/ana/big'], ignoreLines: ['# mine', '*.iso', ''] });

  it('leave out the same again', () => {
    const stored = { [rulesDetail]: storeRules(rulesOf(spec)) };
    const again = excludesOf(stored, Buffer.from('/home/ana'));
    const ask = (name: string, isDirectory: boolean) =>
      again?.in(Buffer.alloc(0), false).leavesOut({ name: Buffer.from(name), path: Buffer.from(name) }, isDirectory);
    expect(ask('.cache', true)).toEqual({ kind: 'preset', value: 'caches' });
    expect(ask('a.iso', false)).toEqual({ kind: 'rule', value: '*.iso' });
    expect(ask('letter', false)).toBeUndefined();
    expect(again?.cacheTags).toBe(true);
    expect(excludesOf({}, Buffer.from('/'))?.isEmpty).toBe(true);
  });

  it.each([
    ['no JSON', '{'],
    ['a later version', JSON.stringify({ ...rulesOf(spec), version: 2 })],
    ['a place in another language', JSON.stringify({ ...rulesOf(spec), places: { caches: ['regex:.*'] } })],
    ['no text', 7],
  ])('are not guessed at: %s', (_what, stored) => {
    expect(excludesOf({ [rulesDetail]: stored }, Buffer.from('/home/ana'))).toBeNull();
  });

  it('are small with every preset', () => {
    const stored = storeRules(rulesOf(filesystemSpec('/')));
    expect(readRules(stored)).toEqual(rulesOf(filesystemSpec('/')));
    expect(stored.length).toBeLessThan(6000);
  });

  it('are shown by restic as what a person would recognise', () => {
    const shown = excludesForSnapshot(spec);
    expect(shown).toEqual(expect.arrayContaining(['/home/ana/big', '~/.cache/', '--exclude-caches', '*.iso']));
    expect(shown).not.toContain('# mine');
    expect(excludesForSnapshot({ ...spec, excludePresets: [], ignoreLines: [] })).toEqual(['/home/ana/big']);
    expect(excludePresets).toHaveLength(Object.keys(presetPlaces).length + 1);
  });
});
