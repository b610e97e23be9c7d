import type { AlertChannel, AlertEvent } from '../../shared/domain/alerts.ts';
import type { AlertAdapter, AlertOptions } from './contract.ts';
import { refused, wrongInput } from './failures.ts';
import { checkedAddress, post } from './http-request.ts';
import { oneLine, plainText } from './safe-text.ts';
import { addressSecrets } from './secret-address.ts';

type Healthchecks = Extract<AlertChannel, { kind: 'healthchecks' }>;

/** Below the ping address. `/log` is kept there and changes nothing: a weaker backup is one, and a test is none. */
const endings: Readonly<Record<AlertEvent, string>> = {
  failed: '/fail',
  late: '/fail',
  weaker: '/log',
  recovered: '',
  succeeded: '',
  test: '/log',
};

/** Pings a check of Healthchecks, or of anything that speaks like it. The secret is the ping address. */
export function healthchecksAdapter(options: AlertOptions = {}): AlertAdapter<Healthchecks> {
  return {
    async send(alert, _channel, secret, signal) {
      if (secret === null) {
        throw wrongInput('secret', 'The ping address is missing.', 'Copy the ping URL of your check.');
      }
      const url = checkedAddress(secret, 'secret');
      const secrets = addressSecrets(url, secret);
      url.pathname = url.pathname.replace(/\/+$/, '') + endings[alert.event];
      const body = `${oneLine(alert.title)}\n\n${plainText(alert.text, 8000)}`;
      const headers = { 'content-type': 'text/plain; charset=utf-8' };
      const answer = await post({ url, headers, body, secrets, field: 'secret' }, options, signal);
      // It answers so with success, whatever became of the ping.
      if (/not found/i.test(answer)) {
        throw refused(url.host, 'it knows no such check', 'Copy the ping URL of your check again.', false, 'secret');
      }
      if (/rate limited/i.test(answer)) {
        throw refused(url.host, 'it takes no more pings for now', 'Try again in some minutes.', true);
      }
      return { answer: answer === '' ? `Taken by ${url.host}.` : answer };
    },
  };
}
