import { expect, it } from 'vitest';
import { emptyCredentials, readCredentials, wantsCredentials } from './credentials-draft.ts';

it('asks for what Stillpoint keeps itself, and for nothing of ssh and rclone', () => {
  expect(wantsCredentials({ kind: 'rest', url: 'https://nas.example.org/' })).toBe('rest');
  expect(wantsCredentials({ kind: 's3', endpoint: 'https://s3.example.org', bucket: 'b', prefix: '' })).toBe('s3');
  expect(wantsCredentials({ kind: 'sftp', host: 'nas', path: '/b' })).toBeNull();
  expect(wantsCredentials({ kind: 'rclone', remote: 'drive:b' })).toBeNull();
});

it('reads a draft, and names the field that cannot be', () => {
  expect(readCredentials('rest', emptyCredentials)).toEqual({ credentials: null, errors: {} });
  expect(readCredentials('rest', { ...emptyCredentials, user: 'mika', password: 'p' }).credentials).toEqual({
    kind: 'rest',
    user: 'mika',
    password: 'p',
  });
  const broken = readCredentials('s3', { ...emptyCredentials, accessKeyId: 'a\nb', secretAccessKey: 's' });
  expect(broken.credentials).toBeNull();
  expect(broken.errors.accessKeyId).toContain('line breaks');
});
