import { wrapped } from '../wrap.ts';
import type { Asked, Learned, Unjudged } from './model.ts';

interface Section {
  readonly title: string;
  readonly lines: readonly string[];
}

const NEED: Readonly<Record<NonNullable<Asked['need']>, string>> = {
  scan: 'needed to scan',
  feature: 'needed for a feature',
  optional: 'optional',
};

/** The answer for people, at a width. Ends with a line break. */
export function learnedText(learned: Learned, width: number): string {
  const { add, working, leave, decide, notAsked, existing, omitted } = learned;
  const sections: readonly Section[] = [
    section('Add: needed, and not let through', add, (row) => [
      what(row),
      ...evidence(row),
      `without it: ${row.breaks}`,
    ]),
    ...(existing === null ? [] : existingSections(existing, learned)),
    section('Leave out: not needed', leave, (row) => [what(row), ...evidence(row), reason(row)]),
    section('Decide: not of the catalogue', decide, (row) => [what(row), ...evidence(row)]),
    section('Works: needed, and let through', working, (row) => [what(row), ...evidence(row)]),
    {
      title: `Not asked for in these files, though needed (${notAsked.length})`,
      lines: notAsked.length === 0 ? [] : [notAsked.join(', ')],
    },
  ];
  const drawn = sections
    .filter(({ lines }) => lines.length > 0)
    .flatMap(({ title, lines }) => [title, ...lines.flatMap((line) => wrapped(line, width)), '']);
  return [
    ...wrapped(summary(learned), width, ''),
    '',
    ...drawn,
    ...wrapped(learned.basis, width, ''),
    ...(omitted > 0 ? [`${omitted} connections of too many kinds were left out: counts may be low.`] : []),
    '',
  ].join('\n');
}

/** Names of one section; JSON has all. */
const SHOWN = 50;

function summary({ add, decide, leave, working, existing }: Learned): string {
  const could = existing === null ? 0 : existing.unused.length + existing.unneeded.length;
  const parts = [
    `${add.length} to add`,
    `${decide.length} to decide`,
    `${leave.length} asked for and not needed`,
    `${working.length} needed and let through`,
    ...(existing === null ? [] : [`${existing.wider.length} wider than needed`, `${could} that could go`]),
  ];
  return `Names: ${parts.join(', ')}.`;
}

function section(title: string, rows: readonly Asked[], tell: (row: Asked) => readonly string[]): Section {
  return {
    title: `${title} (${rows.length})`,
    lines: [
      ...rows.slice(0, SHOWN).flatMap((row) => tell(row).map((line, index) => (index === 0 ? line : `  ${line}`))),
      ...(rows.length > SHOWN ? [`and ${rows.length - SHOWN} more: --target json lists all`] : []),
    ],
  };
}

function what({ host, port, purpose, need }: Asked): string {
  const place = port === null ? host : `${host}:${port}`;
  return purpose === null || need === null ? place : `${place}  ${purpose}; ${NEED[need]}`;
}

function evidence(row: Asked): readonly string[] {
  const { denied, allowed, other, direct, firstAt, lastAt, lastDeniedAt, lastAllowedAt, processes } = row;
  const counts = [
    [denied, 'denied'],
    [allowed, 'let through'],
    [other, 'failed otherwise'],
    [direct, 'around the proxy'],
  ] as const;
  const told = counts.filter(([number]) => number > 0).map(([number, word]) => `${word} ${number}×`);
  if (told.length === 0)
    return processes.length === 0 ? ['not in the present list'] : [`named by ${processes.join(', ')}`];
  const times =
    firstAt === null || lastAt === null
      ? []
      : [firstAt === lastAt ? minute(lastAt) : `${minute(firstAt)} to ${minute(lastAt)}`];
  const since =
    denied > 0 && lastAllowedAt !== null && lastDeniedAt !== null && lastAllowedAt >= lastDeniedAt
      ? [`denied until ${minute(lastDeniedAt)}, let through since`]
      : [];
  return [[...told, ...times, ...since, ...processes].join(' · ')];
}

function minute(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ');
}

function reason({ telemetry, breaks }: Asked): string {
  return telemetry ? 'telemetry, safe to block' : `not needed for what was asked for; without it: ${breaks}`;
}

const UNJUDGED: Readonly<Record<Exclude<Unjudged, 'no-existing'>, (learned: Learned) => string>> = {
  'no-log': () => 'none of the files is a whole access log, so an entry that was not asked for may still be used',
  'too-short': ({ coveredDays, unusedDays }) =>
    `the log covers ${coveredDays} days, and ${unusedDays} are asked for (--unused DAYS)`,
  'several-clients': () => 'several clients could be PMS: --client ADDRESS chooses',
  'left-out': () => 'the files hold more kinds of connections than could be kept',
};

function existingSections(existing: NonNullable<Learned['existing']>, learned: Learned): readonly Section[] {
  const { unused, unneeded, wider, unread } = existing;
  const { unusedUnjudged, coveredDays } = learned;
  return [
    {
      title: `Replace: wider than needed (${wider.length})`,
      lines: wider.flatMap(({ entry, needed, others }) => [
        entry,
        `  needed: ${needed.join(', ')}`,
        `  also lets through: ${others.length === 0 ? 'every other name below it' : `${others.join(', ')}, and every other name below it`}`,
      ]),
    },
    { title: `Could go: known, and not needed (${unneeded.length})`, lines: unneeded.map(({ entry }) => entry) },
    {
      title:
        unusedUnjudged === null || unusedUnjudged === 'no-existing'
          ? `Could go: never asked for in ${coveredDays} days (${unused.length})`
          : 'Never asked for: not judged',
      lines:
        unusedUnjudged === null || unusedUnjudged === 'no-existing'
          ? unused.map(({ entry }) => entry)
          : [UNJUDGED[unusedUnjudged](learned)],
    },
    {
      title: 'Not read in the existing list',
      lines: unread.length === 0 ? [] : [`line ${numbers(unread)}: no name, and no pattern that stands for one`],
    },
  ];
}

/** Lines that are named. */
const LINES_SHOWN = 10;

function numbers(lines: readonly number[]): string {
  const shown = lines.slice(0, LINES_SHOWN).join(', ');
  return lines.length > LINES_SHOWN ? `${shown} and ${lines.length - LINES_SHOWN} more` : shown;
}
