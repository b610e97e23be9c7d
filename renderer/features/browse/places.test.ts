import { describe, expect, it } from 'vitest';
import { placeOf, startOf } from './places.ts';

describe('where looking around a snapshot begins', () => {
  it('is its one place, or what several have in common', () => {
    expect(startOf(['/home/ana'])).toBe('/home/ana');
    expect(startOf(['/srv/db/data', '/srv/db/log'])).toBe('/srv/db');
    expect(startOf(['/srv/db', '/srv/db/log'])).toBe('/srv/db');
    expect(startOf(['/srv/db', '/srv/dbx'])).toBe('/srv');
    expect(startOf(['/srv/db', '/var/log'])).toBe('/');
    expect(startOf([])).toBe('/');
  });

  it('knows which place a folder is in', () => {
    const places = ['/srv', '/srv/log', '/mnt/a'];
    expect(placeOf(places, '/srv/log/today')).toBe('/srv/log');
    expect(placeOf(places, '/srv/logs')).toBe('/srv');
    expect(placeOf(places, '/mnt')).toBeNull();
  });
});
