import { describe, expect, it } from 'vitest';
import { locationName, locationText, parseLocation, repositoryLocationSchema } from './location.ts';

const parse = (text: string) =>
  parseLocation(text, '--repo', (path) => (path.startsWith('/') ? path : `/home/${path}`));

describe('the place of a repository', () => {
  it.each([
    { kind: 'rest', url: 'http://nas/', fingerprint: 'ab'.repeat(32) },
    { kind: 'rest', url: 'http://nas/', caFile: '/ca.pem' },
    { kind: 's3', endpoint: 'http://nas', bucket: 'bb', prefix: '', fingerprint: 'ab'.repeat(32) },
  ])('a certificate that would not be looked at is refused: %j', (place) => {
    const { error } = repositoryLocationSchema.safeParse(place);
    expect(error?.issues[0]?.message).toMatch(/https/);
    expect(
      repositoryLocationSchema.safeParse(JSON.parse(JSON.stringify(place).replace('http:', 'https:'))).success,
    ).toBe(true);
  });
});

describe('the place of a repository as text', () => {
  it.each([
    ['/srv/backup', { kind: 'local', path: '/srv/backup' }],
    ['backup', { kind: 'local', path: '/home/backup' }],
    ['rest:https://nas.example:8000/anna/', { kind: 'rest', url: 'https://nas.example:8000/anna/' }],
    ['s3:https://s3.example/bucket', { kind: 's3', endpoint: 'https://s3.example', bucket: 'bucket', prefix: '' }],
    ['s3:s3.amazonaws.com/b/a/b', { kind: 's3', endpoint: 'https://s3.amazonaws.com', bucket: 'b', prefix: 'a/b' }],
    ['s3:http://127.0.0.1:9000/b/%C3%BC/', { kind: 's3', endpoint: 'http://127.0.0.1:9000', bucket: 'b', prefix: 'ü' }],
    ['sftp:anna@nas:/srv/r', { kind: 'sftp', user: 'anna', host: 'nas', path: '/srv/r' }],
    ['sftp:nas:r', { kind: 'sftp', host: 'nas', path: 'r' }],
    ['sftp://anna@nas:2222//srv/r', { kind: 'sftp', user: 'anna', host: 'nas', port: 2222, path: '/srv/r' }],
    ['sftp://[::1]:2222/r', { kind: 'sftp', host: '::1', port: 2222, path: 'r' }],
    ['rclone:shed:backup/r', { kind: 'rclone', remote: 'shed:backup/r' }],
  ])('%s', (text, expected) => {
    const location = parse(text);
    expect(location).toEqual(expected);
    expect(parse(locationText(location))).toEqual(location);
  });

  it.each([
    ['rest:https://anna:secret-word@nas/', /user name or a password/],
    ['s3:https://key:secret-word@s3/bucket', /user name or a password/],
    ['rest:nas:8000', /https:\/\//],
    ['rest:https://nas/?password=secret-word', /no \?/],
    ['s3:https://s3.example', /no bucket/],
    ['sftp:nas', /no server and path/],
    ['sftp:-oProxyCommand=x:/r', /backup\.example\.org/],
    ['sftp:-oProxyCommand=x@nas:/r', /not the name of a user/],
    ['rclone:--config', /name:path/],
    ['rclone:shed,pass=abc:r', /rclone’s own configuration/],
    ['rclone::s3,provider=x,secret_access_key=abc:r', /name:path/],
    ['b2:bucket:path', /rclone/],
  ])('%s is refused by name and without repeating a secret', (text, words) => {
    let error: unknown;
    try {
      parse(text);
    } catch (caught) {
      error = caught;
    }
    expect(error).toMatchObject({ kind: 'bad-input', field: '--repo' });
    expect(String((error as Error).message)).toMatch(words);
    expect(JSON.stringify(error) + String(error)).not.toContain('secret-word');
  });

  it('has a short name', () => {
    expect(
      ['/srv/backup', 'rclone:shed:', 'sftp:nas:r', 's3:s3.example/b/p'].map((text) => locationName(parse(text))),
    ).toEqual(['backup', 'shed', 'r', 'p']);
  });
});
