export interface RecoverySheetContent {
  readonly repositoryName: string;
  readonly repositoryId: string;
  /** As `restic -r` takes it. */
  readonly place: string;
  readonly password: string;
  readonly hostname: string;
  /** For people, in their own order of day and month. */
  readonly date: string;
}

/** One page of paper, without anything that would have to be loaded. */
export function recoveryPage(content: RecoverySheetContent): string {
  const name = escapeHtml(content.repositoryName);
  const quotedPlace = escapeHtml(shellQuote(content.place));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Stillpoint recovery sheet: ${name}</title>
<style>
  @page { size: A4; margin: 15mm 18mm; }
  body { font: 10.5pt/1.4 sans-serif; color: #000; margin: 0; }
  h1 { font-size: 19pt; margin: 0 0 2mm; }
  p { margin: 2mm 0; }
  h2 { font-size: 12.5pt; margin: 5mm 0 1mm; }
  table { border-collapse: collapse; width: 100%; }
  th { text-align: left; font-weight: 600; width: 32mm; vertical-align: top; padding: 1mm 0; }
  td { padding: 1mm 0; overflow-wrap: anywhere; }
  code, .password { font-family: monospace; }
  .password { font-size: 16pt; line-height: 1.5; border: 0.6mm solid #000; padding: 3mm; text-align: center; margin: 3mm 0; }
  pre { background: #eee; padding: 3mm; white-space: pre-wrap; overflow-wrap: anywhere; margin: 2mm 0; }
  li { margin: 1mm 0; }
</style>
</head>
<body>
<h1>Recovery sheet</h1>
<p>With this sheet and the repository, everything in it can be restored on any computer.
Keep it where neither can be lost together: not beside the disk, not on the computer it protects.
Without this password and every other one of the repository, nobody can help.</p>
<table>
<tr><th>Repository</th><td>${name}</td></tr>
<tr><th>Place</th><td><code>${escapeHtml(content.place)}</code></td></tr>
<tr><th>Id</th><td><code>${escapeHtml(content.repositoryId)}</code></td></tr>
<tr><th>Made on</th><td>${escapeHtml(content.date)}, ${escapeHtml(content.hostname)}</td></tr>
</table>
<h2>Recovery password</h2>
<div class="password">${escapeHtml(content.password)}</div>
<p>Capital letters, digits and the dashes between them. There is no letter I, L, O or U in it: what looks like one is
the digit 1 or 0.</p>
<h2>With Stillpoint</h2>
<ol>
<li>Install Stillpoint and choose <b>Restore or continue from existing backups</b>.</li>
<li>Connect the disk, point it at the place above, and enter the password above.</li>
</ol>
<h2>Without Stillpoint</h2>
<p>The repository is in the open format of <b>restic</b> (restic.net). Install it, and enter the password when asked:</p>
<pre>restic -r ${quotedPlace} snapshots
restic -r ${quotedPlace} restore latest --target /some/empty/folder</pre>
<p>The place may be another one on another computer; the first characters of the id show whether it is the right
repository.</p>
<h2>If this sheet is lost or was seen by others</h2>
<p>Remove its key in Stillpoint (Repositories, Keys). The password above then opens this repository no
more; other passwords keep working. A copy of the repository that somebody took before can still be opened with it.</p>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}

/** For a POSIX shell; left as it is where nothing needs quoting. */
export function shellQuote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
