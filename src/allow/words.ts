import type { AllowedName, NeedAsked, Service } from './model.ts';

export const ASKED_WORDS: Readonly<Record<NeedAsked, string>> = {
  scan: 'what a scan needs',
  features: 'what scans and the features of the server need',
  all: 'everything that is known but telemetry',
};

const NEED_WORDS: Readonly<Record<AllowedName['need'], string>> = {
  scan: 'needed to scan',
  feature: 'needed for a feature',
  optional: 'optional',
};

/** `sign-in; needed to scan`: one line that no format takes for anything but a comment. */
export function purposeOf({ purpose, need, seen }: Pick<AllowedName, 'purpose' | 'need' | 'seen'>): string {
  return comment(`${purpose}; ${NEED_WORDS[need]}${seen === null ? '' : `; ${seen}`}`);
}

/** A text as the rest of a comment: one line of visible characters, without a backslash, which would join the next line to it. */
export function comment(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\\]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
}

/** `443`, `80, 443`, `DNS`. */
export function portsOf({ services, isResolved }: Pick<AllowedName, 'services' | 'isResolved'>): string {
  return [...new Set(services.map(({ port }) => String(port))), ...(isResolved ? ['DNS'] : [])].join(', ');
}

/** An id for names of rules: `443`, `http_80`. */
export function serviceId({ scheme, port }: Service): string {
  return scheme === 'https' ? String(port) : `http_${port}`;
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** A name as an extended regular expression that matches exactly the names that it stands for. */
export function regexOf(host: string): string {
  const escaped = host.replace(/^\*\./, '').replaceAll('.', String.raw`\.`);
  return host.startsWith('*.') ? String.raw`^.+\.${escaped}$` : `^${escaped}$`;
}
