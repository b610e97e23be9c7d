import { describe, expect, it } from 'vitest';
import { restoredPlaces } from './restored-places.ts';

const places = ['/srv/db', '/srv/log'];

describe('where a restore went', () => {
  it('is its folder, where there is one place', () => {
    expect(restoredPlaces('/home/ana', ['/home/ana'])).toBe('/home/ana');
    expect(restoredPlaces('/home/ana/Documents', ['/home/ana'], ['/home/ana/Documents/letter.txt'])).toBe(
      '/home/ana/Documents',
    );
  });

  it('is each of several places, not what they have in common', () => {
    expect(restoredPlaces('/srv', places)).toBe('/srv/db, /srv/log');
    expect(restoredPlaces('/', ['/srv/db', '/var/log'])).toBe('/srv/db, /var/log');
  });

  it('names no place that nothing was chosen of', () => {
    expect(restoredPlaces('/srv/db', places, ['/srv/db/accounts'])).toBe('/srv/db');
    expect(restoredPlaces('/', [...places, '/var/x'], ['/srv/db/a', '/var/x/b'])).toBe('/srv/db, /var/x');
    expect(restoredPlaces('/srv', places, ['/srv'])).toBe('/srv/db, /srv/log');
  });

  it('is another folder, where it went to one', () => {
    expect(restoredPlaces('/tmp/there', places)).toBe('/tmp/there');
  });
});
