/** Why systemd ignores a line or a file that was meant to set the environment of a service (systemd.syntax(7), systemd.exec(5)). */
export const SYSTEMD_IGNORES = {
  'no-section': 'it stands before the first [Section]; write [Service] above it',
  'unknown-section': 'systemd knows no section of this name in a service; write [Service] above it',
  'wrong-section': 'this key belongs into [Service]',
  'unknown-key':
    'systemd knows no such key in this section; a variable is set by Environment="NAME=value" in [Service]',
  'no-assignment': 'a line must be Key=value, a [Section] or a comment',
  'bad-header': 'the section header before it is not well formed, and systemd reads no further than that',
  'not-utf8': 'the file holds bytes that are not UTF-8, and systemd reads no further than that',
  syntax: 'a quote is not closed, or the character after a backslash is no escape',
  specifier: 'a percent sign begins a specifier that systemd does not know; write %% for a percent sign',
  assignment: 'an assignment must be NAME=value, in quotes as a whole if it holds spaces',
  'variable-name': 'this is not the name of a variable',
  path: 'the path of an environment file must begin with a slash, without quotes, and hold no ".."',
  'file-line': 'a line of an environment file must be NAME=value, without "export"',
  'file-not-utf8': 'the environment file holds bytes that are not UTF-8, and systemd takes nothing of such a file',
  'not-conf': 'only drop-ins whose name ends in .conf count',
  folder: 'systemd does not look into this folder; drop-ins belong into NAME.service.d below /etc/systemd/system',
} as const;

export type SystemdIgnore = keyof typeof SYSTEMD_IGNORES;
export const SYSTEMD_IGNORE_IDS = Object.keys(SYSTEMD_IGNORES).filter(isSystemdIgnore);

function isSystemdIgnore(id: string): id is SystemdIgnore {
  return Object.hasOwn(SYSTEMD_IGNORES, id);
}
