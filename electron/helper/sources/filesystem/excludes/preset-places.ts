import type { ExcludePreset } from '../../../../../shared/domain/excludes/presets.ts';

/** A place that a preset leaves out, in the language of `place-pattern.ts`, and why nobody misses it. */
export interface PresetPlace {
  readonly place: string;
  readonly reason: string;
}

/** Presets that are lists of places. Folders that mark themselves are found by their mark: `cache-tag.ts`. */
export type PlacePreset = Exclude<ExcludePreset, 'cachedir-tag'>;

/** Where programs keep their settings: as they do by themselves, in a Flatpak, in a snap. */
const config = '{~/.config,~/.var/app/*/config,~/.var/app/*/.config,~/snap/*/*/.config}';
/** Where Firefox and its relatives keep profiles. */
const mozilla = '{~,~/snap/*/common,~/.var/app/*}/{.mozilla/firefox,.thunderbird,.librewolf,.waterfox}/*';
/** Names that only Chromium and what is built on it give to folders. */
const chromiumOnly =
  'Code Cache,GPUCache,ShaderCache,GrShaderCache,GraphiteDawnCache,DawnCache,DawnGraphiteCache,DawnWebGPUCache,' +
  'Service Worker/CacheStorage,Service Worker/ScriptCache,component_crx_cache,extensions_crx_cache';
/** Browsers whose profiles lie two levels down. `Cache` is a common word and counts only where it is known to be one. */
const browsers =
  'google-chrome,google-chrome-beta,google-chrome-unstable,chromium,BraveSoftware/Brave-Browser,vivaldi,microsoft-edge,' +
  'microsoft-edge-beta,microsoft-edge-dev,opera,thorium,ungoogled-chromium,yandex-browser';

/**
 * What each preset leaves out. Only what a program makes again by itself: a place that may hold the only copy of anything
 * (a mail store, a site's database, a package that was built by hand) has no line here, however large it is.
 */
export const presetPlaces: Readonly<Record<PlacePreset, readonly PresetPlace[]>> = {
  caches: [
    { place: '~/.cache/', reason: 'XDG Base Directories: non-essential data that may be removed at any time.' },
    { place: '~/snap/*/{*,common}/.cache/', reason: 'The same folder of a program that was installed as a snap.' },
    { place: '~/.thumbnails/', reason: 'Previews of pictures, where they were kept before they moved to .cache.' },
    { place: '~/.npm/_cacache/', reason: 'Downloaded again by npm.' },
    { place: '~/.yarn/berry/cache/', reason: 'Downloaded again by Yarn.' },
    { place: '~/.cargo/{registry,git}/{cache,index,src,db,checkouts}/', reason: 'Downloaded again by Cargo.' },
    { place: '~/.gradle/caches/', reason: 'Downloaded and built again by Gradle.' },
    { place: '~/go/pkg/mod/cache/', reason: 'Downloaded again by Go.' },
    { place: '~/.bundle/cache/', reason: 'Downloaded again by Bundler.' },
    { place: '~/.nv/{ComputeCache,GLCache}/', reason: 'Programs of the graphics card, compiled again.' },
    { place: '~/.java/deployment/cache/', reason: 'Programs that were started from the web.' },
    { place: '~/.kde/cache-*/', reason: 'Caches of KDE 4, one for each machine.' },
    {
      place: '{~/.local/share,~/.var/app/*/data,~/snap/*/common/.local/share}/Steam/steamapps/shadercache/',
      reason: 'Programs of the graphics card, downloaded or compiled again.',
    },
    {
      place: '{~/.local/share,~/.var/app/*/data,~/snap/*/common/.local/share}/Steam/appcache/httpcache/',
      reason: 'Pages and pictures of the shop, downloaded again.',
    },
    {
      place: '/var/cache/*/*',
      reason: 'Filesystem Hierarchy Standard: may be removed at any time. The folders of the programs stay, empty.',
    },
    { place: '!/var/cache/debconf/', reason: 'No cache: the answers that were given when packages were installed.' },
    { place: '/var/lib/snapd/cache/', reason: 'Downloaded snaps, a second time.' },
  ],
  trash: [
    { place: '{~/.local/share,~/.var/app/*/data,~/snap/*/*/.local/share}/Trash/', reason: 'Thrown away by its owner.' },
    { place: '**/.Trash-*/', reason: 'What was thrown away on this disk, one folder for each user.' },
    { place: '~/.Trash/', reason: 'What was thrown away: by older desktops, and on a disk that several users share.' },
  ],
  'browser-caches': [
    { place: `${mozilla}/{cache2,OfflineCache,startupCache,shader-cache,thumbnails}/`, reason: 'Downloaded again.' },
    { place: `${mozilla}/storage/{default,temporary}/*/cache/`, reason: 'Copies that sites keep of their own pages.' },
    { place: `${config}/**/{${chromiumOnly}}/`, reason: 'Downloaded or compiled again.' },
    { place: `${config}/{${browsers}}/*/{Cache,Media Cache,Application Cache}/`, reason: 'Downloaded again.' },
    {
      place: `${config}/*/{Cache,CachedData,CachedExtensionVSIXs,Media Cache,Application Cache}/`,
      reason: 'The same of programs that are built on a browser (Electron).',
    },
    { place: `${config}/*/Partitions/*/Cache/`, reason: 'The same, where such a program has several sessions.' },
  ],
  'flatpak-caches': [
    { place: '~/.var/app/*/{cache,.cache}/', reason: 'Each Flatpak’s own .cache.' },
    {
      place: '{~/.local/share,/var/lib}/flatpak/repo/tmp/cache/',
      reason: 'Lists of what can be installed, downloaded again. What is installed stays.',
    },
    { place: '/var/tmp/flatpak-cache-*/', reason: 'Downloads under way.' },
    { place: '/var/tmp/flatpak-cache/', reason: 'Downloads under way.' },
  ],
};
