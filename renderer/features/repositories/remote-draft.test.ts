import { describe, expect, it } from 'vitest';
import { StillpointError } from '../../../shared/errors/index.ts';
import {
  emptyDraft,
  fieldOf,
  isReadableOnTheWay,
  type RemoteDraft,
  type RemoteKind,
  readDraft,
} from './remote-draft.ts';

const draft = (changes: Partial<RemoteDraft>): RemoteDraft => ({ ...emptyDraft, ...changes });
const read = (kind: RemoteKind, changes: Partial<RemoteDraft>) => readDraft(kind, draft(changes));
const answer = (field: string) => new StillpointError({ kind: 'io', message: 'No.', guidance: '', field });

describe('a place elsewhere that is typed', () => {
  it.each([
    [
      'rest',
      { url: ' https://nas.example/anna ', user: 'anna', password: ' as typed ' },
      { kind: 'rest', url: 'https://nas.example/anna' },
      { kind: 'rest', user: 'anna', password: ' as typed ' },
    ],
    ['rest', { url: 'https://nas.example/open' }, { kind: 'rest', url: 'https://nas.example/open' }, undefined],
    [
      's3',
      { endpoint: 'https://s3.example', bucket: 'b-1', prefix: '/a/b/', accessKeyId: 'id', secretAccessKey: 'secret' },
      { kind: 's3', endpoint: 'https://s3.example', bucket: 'b-1', prefix: 'a/b' },
      { kind: 's3', accessKeyId: 'id', secretAccessKey: 'secret' },
    ],
    [
      'sftp',
      { host: 'nas', sshUser: 'anna', port: '2222', path: '/srv/r', keyFile: '/home/anna/.ssh/id' },
      { kind: 'sftp', host: 'nas', user: 'anna', port: 2222, path: '/srv/r', keyFile: '/home/anna/.ssh/id' },
      undefined,
    ],
    ['rclone', { remote: 'shed:backup' }, { kind: 'rclone', remote: 'shed:backup' }, undefined],
    [
      'rest',
      { url: 'https://nas/', trust: 'fingerprint', fingerprint: 'ab'.repeat(32), caFile: '/left/over.pem' },
      { kind: 'rest', url: 'https://nas/', fingerprint: 'ab'.repeat(32) },
      undefined,
    ],
  ] as const)('%s %j', (kind, changes, location, credentials) => {
    expect(read(kind, changes)).toEqual({ access: { location, credentials }, errors: {} });
  });

  it.each([
    ['rest', { url: 'nas.example' }, 'url', /https:\/\//],
    ['rest', { url: 'https://anna:secret@nas/' }, 'url', /do not belong into the address/],
    ['rest', { url: 'https://nas/', user: 'anna' }, 'password', /A password is needed\./],
    ['rest', { url: 'https://nas/', password: 'x' }, 'user', /A user is needed\./],
    ['rest', { url: 'https://nas/', trust: 'file' }, 'caFile', /needed/],
    ['rest', { url: 'https://nas/', trust: 'fingerprint', fingerprint: 'abc' }, 'fingerprint', /64 hex digits/],
    [
      's3',
      { endpoint: 'https://s3', bucket: '', accessKeyId: 'i', secretAccessKey: 's' },
      'bucket',
      /A bucket is needed/,
    ],
    ['s3', { endpoint: 'https://s3', bucket: 'bb', secretAccessKey: 's' }, 'accessKeyId', /An access key is needed/],
    ['sftp', { host: '-oProxyCommand=x', path: 'r' }, 'host', /backup\.example\.org/],
    ['sftp', { host: 'nas', path: '' }, 'path', /A path is needed/],
    ['sftp', { host: 'nas', path: 'r', port: 'ssh' }, 'port', /A port is a number from 1 to 65535/],
    ['sftp', { host: 'nas', path: 'r', sshUser: 'an na' }, 'sshUser', /user/],
    ['rclone', { remote: 'shed' }, 'remote', /name:path/],
  ] as const)('%s %j says at its field what is wrong', (kind, changes, field, words) => {
    const { access, errors } = read(kind, changes);
    expect(access).toBeNull();
    expect(Object.keys(errors)).toEqual([field]);
    expect(errors[field]).toMatch(words);
  });

  it('shows what the place answers at the field it is about', () => {
    const pinned = draft({ trust: 'fingerprint' });
    expect(fieldOf('rest', emptyDraft, answer('credentials'))).toBe('password');
    expect(fieldOf('s3', emptyDraft, answer('credentials'))).toBe('secretAccessKey');
    expect(fieldOf('s3', emptyDraft, answer('location.bucket'))).toBe('bucket');
    expect(fieldOf('rest', pinned, answer('location.tls'))).toBe('fingerprint');
    expect(fieldOf('rest', emptyDraft, answer('location.tls'))).toBe('url');
    expect(fieldOf('sftp', emptyDraft, answer('location.host'))).toBe('host');
    expect(fieldOf('rclone', emptyDraft, answer('password'))).toBeUndefined();
  });

  it('tells who can be overheard', () => {
    expect(isReadableOnTheWay('rest', draft({ url: 'http://nas/' }))).toBe(true);
    expect(isReadableOnTheWay('rest', draft({ url: 'https://nas/' }))).toBe(false);
    expect(isReadableOnTheWay('s3', draft({ endpoint: 'http://127.0.0.1:9000' }))).toBe(false);
    expect(isReadableOnTheWay('sftp', draft({ url: 'http://nas/' }))).toBe(false);
  });
});
