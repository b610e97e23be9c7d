import manifest from '../../package.json' with { type: 'json' };

/** Of the app and its helper alike: they are built and installed together. */
export const version: string = manifest.version;
