import { describe, expect, it } from 'vitest';
import { type AlertChannel, alertChannelSchema, alertEvents, channelWants } from './alerts.ts';

const mail = {
  kind: 'mail',
  id: 'mail',
  enabled: true,
  server: 'mail.example.org',
  port: 465,
  security: 'tls',
  username: 'ada',
  from: 'ada@example.org',
  to: 'grace@example.org',
} as const;
const webhook: AlertChannel = { kind: 'webhook', id: 'chat', enabled: true, name: 'Chat' };
const check: AlertChannel = { kind: 'healthchecks', id: 'check', enabled: true, name: 'Check' };
const wanted = (channel: AlertChannel, safe: boolean) =>
  alertEvents.filter((event) => channelWants(channel, event, safe));

describe('a channel', () => {
  it('is told of everything but success; Healthchecks of success too, unless another source is not safe', () => {
    expect(wanted(webhook, true)).toEqual(['failed', 'late', 'weaker', 'recovered', 'test']);
    expect(wanted(webhook, false)).toEqual(['failed', 'late', 'weaker', 'recovered', 'test']);
    expect(wanted(check, true)).toEqual([...alertEvents]);
    expect(wanted(check, false)).toEqual(['failed', 'late', 'weaker', 'test']);
  });

  it('is told nothing when it is off', () => {
    expect(wanted({ ...check, enabled: false }, true)).toEqual([]);
  });

  it('has no field that could begin another line', () => {
    expect(alertChannelSchema.safeParse(mail).success).toBe(true);
    for (const field of ['server', 'username', 'from', 'to'] as const) {
      for (const breaking of ['\r\n', '\n', '\0', '\u0085']) {
        const broken = { ...mail, [field]: `${mail[field].slice(0, 3)}${breaking}${mail[field].slice(3)}` };
        expect([field, alertChannelSchema.safeParse(broken).success]).toEqual([field, false]);
      }
    }
    expect(alertChannelSchema.safeParse({ ...webhook, name: 'a\nb' }).success).toBe(false);
  });
});
