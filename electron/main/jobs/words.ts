const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** `just now`, `12 minutes ago`, `3 days ago`: whole units, rounded down, so that nothing sounds older than it is. */
export function ago(at: number, now: number): string {
  const past = now - at;
  if (past < minute) return 'just now';
  return `${lasting(past)} ago`;
}

/** `12 minutes`, `1 hour`, `3 days`; rounded down, at least a minute. */
export function lasting(ms: number): string {
  if (ms < hour) return count(Math.max(1, Math.floor(ms / minute)), 'minute');
  if (ms < 2 * day) return count(Math.floor(ms / hour), 'hour');
  return count(Math.floor(ms / day), 'day');
}

/** `12:00`, `tomorrow 12:00`, `Mon 12:00`, `Nov 20, 12:00`, by the wall clock of the zone. */
export function clockOf(at: number, now: number, zone: string): string {
  const time = part(at, zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  if (dayOf(at, zone) === dayOf(now, zone)) return time;
  if (dayOf(at, zone) === dayOf(now + day, zone)) return `tomorrow ${time}`;
  if (Math.abs(at - now) < 6 * day) return `${part(at, zone, { weekday: 'short' })} ${time}`;
  return `${part(at, zone, { month: 'short', day: 'numeric' })}, ${time}`;
}

export function untilWords(at: number, now: number, zone: string): string {
  return `until ${clockOf(at, now, zone)}`;
}

/** With a full stop, unless it ends like a sentence already; nothing stays nothing. */
export function sentence(words: string): string {
  return words === '' || /[.!?…]$/.test(words) ? words : `${words}.`;
}

/** `Photos`, `Photos and Music`, `Photos, Music and 3 more`. */
export function listOf(names: readonly string[], most = 3): string {
  if (names.length <= 1) return names[0] ?? '';
  const isMore = names.length > most;
  const shown = isMore ? names.slice(0, most - 1) : names.slice(0, -1);
  const last = isMore ? `${names.length - shown.length} more` : names.at(-1);
  return `${shown.join(', ')} and ${last}`;
}

/** `14.1 MiB`: binary units, as file managers of this desktop count them. */
export function bytesWords(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)));
  const value = bytes / 1024 ** step;
  return `${step === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[step]}`;
}

function count(n: number, unit: string): string {
  return `${n} ${unit}${n === 1 ? '' : 's'}`;
}

function dayOf(at: number, zone: string): string {
  return part(at, zone, { year: 'numeric', month: '2-digit', day: '2-digit' });
}

function part(at: number, zone: string, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat('en', { ...options, timeZone: zone }).format(at);
}
