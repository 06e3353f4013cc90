/** The kinds of private values that get a numbered pseudonym, because a reader must be able to tell them apart. */
export const PSEUDONYM_KINDS = [
  'lan-ip',
  'cgnat-ip',
  'ula',
  'public-ip',
  'lan-net',
  'public-net',
  'domain',
  'host',
  'proxy',
  'user',
  'mail',
  'mac',
  'machine-id',
  'server',
  'uuid',
  'ca',
  'file',
  'folder',
  'program',
  'unit',
  'container',
  'name',
  'title',
  'path',
] as const;
export type PseudonymKind = (typeof PSEUDONYM_KINDS)[number];

/** Secrets are removed and not numbered: no reader has to tell two passwords apart. */
export type RemovedKind = 'token' | 'credentials' | 'cookie' | 'query' | 'text';

/** A pseudonym, or the note that something was removed. */
export const PSEUDONYM = new RegExp(
  `<(?:(${PSEUDONYM_KINDS.join('|')})-(\\d{1,6})|removed-(?:token|cookie|query|text))>`,
  'g',
);
