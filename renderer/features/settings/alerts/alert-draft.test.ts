import { describe, expect, it } from 'vitest';
import { type AlertChannel, alertChannelSchema } from '../../../../shared/domain/alerts.ts';
import {
  alertKinds,
  channelOf,
  draftOfAlert,
  emptyAlert,
  fieldOf,
  needsSecret,
  newAlertId,
  withSecurity,
} from './alert-draft.ts';

const mail: AlertChannel = {
  kind: 'mail',
  id: 'mail-1',
  enabled: true,
  server: 'mail.example.org',
  port: 587,
  security: 'starttls',
  username: '',
  from: 'backups@example.org',
  to: 'mika@example.org',
};

describe('a channel being described', () => {
  it('is what it was when nothing is changed, and has nothing of other kinds', () => {
    expect(channelOf(draftOfAlert(mail))).toEqual({ ok: true, channel: mail });
    const hook = channelOf({ ...draftOfAlert(mail), kind: 'webhook', name: 'Pager' });
    expect(hook).toEqual({ ok: true, channel: { kind: 'webhook', id: 'mail-1', enabled: true, name: 'Pager' } });
  });

  it('names every field that is not right, each once', () => {
    const result = channelOf({ ...emptyAlert('mail', 'mail-1'), server: 'not a host' });
    expect(result).toEqual({ ok: false, fields: expect.arrayContaining(['server', 'from', 'to']) });
    expect(channelOf({ ...emptyAlert('ntfy', 'ntfy-1'), topic: 'a b' })).toEqual({ ok: false, fields: ['topic'] });
  });

  it('counts an address that is all it takes as the secret', () => {
    expect(alertKinds.filter(needsSecret)).toEqual(['healthchecks', 'webhook']);
    for (const kind of alertKinds.filter(needsSecret)) {
      const schema = alertChannelSchema.options.find((option) => option.shape.kind.value === kind);
      expect(Object.keys(schema?.shape ?? {})).not.toContain('server');
    }
  });

  it('takes the usual port along with the security, and leaves one of somebody’s own', () => {
    const draft = emptyAlert('mail', 'mail-1');
    expect(withSecurity(draft, 'tls').port).toBe(465);
    expect(withSecurity({ ...draft, port: 2525 }, 'tls').port).toBe(2525);
  });

  it('has an id nobody else has', () => {
    expect(newAlertId('mail', ['mail-1', 'mail-3'])).toBe('mail-2');
  });
});

describe('an error from the other side', () => {
  it.each([
    ['server', 'server'],
    ['params.channel.topic', 'topic'],
    ['params.secret', 'secret'],
    ['params.channel', null],
    [undefined, null],
  ])('%s belongs to %s', (field, expected) => expect(fieldOf(field)).toBe(expected));
});
