/** How a backup's warning begins when its keep rules could not be applied; the reason follows, as a sentence. */
const beginning = 'Old snapshots were not deleted this time. ';

export const forgetWarningCode = 'forget';

export function forgetWarning(reason: string): { readonly code: string; readonly text: string } {
  return { code: forgetWarningCode, text: `${beginning}${reason}` };
}

export function forgetWarningReason(text: string): string {
  return text.startsWith(beginning) ? text.slice(beginning.length) : text;
}
