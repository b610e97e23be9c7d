import { polkitConsent } from '../polkit-consent.ts';

// Stands for the helper of a user: asks whether the process that started it, named here, has an administrator's consent.
// Arguments: uid and pid of that process, the action, and `ask` where somebody may be asked. Prints what came of it.

const [uid = '', pid = '', action = '', asking = ''] = process.argv.slice(2);
const caller = { uid: Number(uid), gid: Number(uid), elevatedFor: true };
const { signal } = new AbortController();
console.log(await polkitConsent(caller, Number(pid))(action, { signal, mayAsk: asking === 'ask' }));
