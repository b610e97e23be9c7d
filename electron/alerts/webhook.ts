import type { AlertChannel } from '../../shared/domain/alerts.ts';
import type { AlertAdapter, AlertOptions } from './contract.ts';
import { wrongInput } from './failures.ts';
import { checkedAddress, post } from './http-request.ts';
import { oneLine, plainText } from './safe-text.ts';
import { addressSecrets } from './secret-address.ts';

type Webhook = Extract<AlertChannel, { kind: 'webhook' }>;

/** Posts the JSON that README.md describes. The secret is the address. */
export function webhookAdapter(options: AlertOptions = {}): AlertAdapter<Webhook> {
  return {
    async send(alert, _channel, secret, signal) {
      if (secret === null) {
        throw wrongInput('secret', 'The address is missing.', 'Enter the address that the other side gave you.');
      }
      const url = checkedAddress(secret, 'secret');
      const body = JSON.stringify({
        version: 1,
        event: alert.event,
        source: oneLine(alert.sourceName),
        host: oneLine(alert.hostname),
        at: new Date(alert.at).toISOString(),
        title: oneLine(alert.title),
        text: plainText(alert.text, 8000),
      });
      const headers = { 'content-type': 'application/json; charset=utf-8' };
      const answer = await post(
        { url, headers, body, secrets: addressSecrets(url, secret), field: 'secret' },
        options,
        signal,
      );
      return { answer: answer === '' ? `Taken by ${url.host}.` : answer };
    },
  };
}
