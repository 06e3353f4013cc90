import type { Report } from '../core/model/report.ts';
import { unable, type Fixed } from './model.ts';

/** The environment of PMS as a file for the manager that gives it: a drop-in of its unit, or a part of a compose file. */

export interface Variable {
  readonly name: string;
  readonly value: string;
}

/** A pseudonym of a sanitized report, as in `http://<proxy-1>:3128`. */
const PSEUDONYM = /<[a-z]+(?:-[a-z]+)*-\d+>/;

export const HIDDEN =
  'this report is sanitized, and the values that the file needs are hidden: run "fix" on the host of PMS, or make the report with --raw';

export function isHidden(value: string): boolean {
  return PSEUDONYM.test(value);
}

/** A masked password cannot be written; the user fills it in. */
function isMasked(value: string): boolean {
  return /\/\/\*\*\*@/.test(value);
}

export function environmentFix({ pms }: Report, variables: readonly Variable[], reason: string): Fixed {
  const values = variables.map(({ value }) => value);
  if (values.some(isHidden)) return unable(HIDDEN);
  // It would begin a line of its own in the file.
  if ([reason, ...values].some((text) => /\p{Cc}/u.test(text)))
    return unable('a value of the report has a control character in it');
  const unit = pms?.unit ?? null;
  const note = variables.some(({ value }) => isMasked(value))
    ? ['# Write the user name and the password of the proxy in place of ***, and keep this file at mode 0600.']
    : [];
  if (unit === null && pms?.container != null) return composeFix(variables, [`# ${reason}`, ...note]);
  if (unit === null || !/^[\w@.-]+\.service$/.test(unit))
    return unable(
      'PMS does not run as a unit or in a container that this tool knows, so it is not known where its environment is set',
    );
  const folder = `/etc/systemd/system/${unit}.d`;
  const lines = [
    `# ${reason}`,
    ...note,
    '[Service]',
    ...variables.map(({ name, value }) => `Environment="${name}=${escaped(value)}"`),
  ];
  return {
    ok: true,
    fix: {
      files: [{ name: 'zz-pms-proxy.conf', text: `${lines.join('\n')}\n` }],
      install: [
        `sudo install -D -m 0600 zz-pms-proxy.conf ${folder}/zz-pms-proxy.conf`,
        'sudo systemctl daemon-reload',
        `sudo systemctl restart ${unit}`,
      ],
    },
  };
}

function composeFix(variables: readonly Variable[], comments: readonly string[]): Fixed {
  const lines = [
    ...comments,
    '# The service of PMS is called "plex" here: write the name that your compose file has.',
    'services:',
    '  plex:',
    '    environment:',
    // Compose replaces $NAME in a value; a doubled one stays.
    ...variables.map(({ name, value }) => `      ${name}: ${JSON.stringify(value.replaceAll('$', '$$$$'))}`),
  ];
  return {
    ok: true,
    fix: {
      files: [{ name: 'compose.proxy.yaml', text: `${lines.join('\n')}\n` }],
      install: ['docker compose -f compose.yaml -f compose.proxy.yaml up -d'],
    },
  };
}

/** systemd.unit(5): a per cent sign begins a specifier, a backslash an escape, and a quote ends the word. */
export function escaped(value: string): string {
  return value
    .replaceAll('%', '%%')
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('"', String.raw`\"`);
}
