import { describe, expect, it } from 'vitest';
import { compressNight } from '../soak/night/compressed-night.ts';

describe('five hours of scheduled backups in less than a minute', () => {
  it('are in the repository, or told as missed while the disk was away', async () => {
    expect(await compressNight({ hours: 5, factor: 450 })).toMatchObject({ ok: true, facts: { problems: '' } });
  }, 180_000);
});
