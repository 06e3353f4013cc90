import { printable } from '../../core/values/printable.ts';
import { parseUrl } from '../../core/values/url.ts';
import type { PlexElement } from './answer-xml.ts';

/** The fields that are read from the answers of PMS's API. null: the answer does not say. */

export interface Identity {
  readonly version: string | null;
  readonly claimed: boolean | null;
}

export interface Root {
  readonly version: string | null;
  readonly signIn: string | null;
  readonly mapping: string | null;
}

export interface Account {
  readonly signIn: string | null;
  readonly mapping: string | null;
  readonly mappingError: string | null;
}

export interface Place {
  readonly scheme: 'https' | 'http';
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
}

export interface Provider {
  readonly identifier: string;
  readonly online: boolean | null;
  /** Where the URL that it was added by leads; null: it has none. */
  readonly place: Place | null;
}

export interface Section {
  /** A whole number: it becomes a part of paths. */
  readonly id: string;
  readonly type: string;
  readonly agent: string;
  readonly scanner: string;
  readonly refreshing: boolean | null;
  /** Paths: private, and only for narrowing a scan. */
  readonly locations: readonly string[];
}

export interface SectionList {
  readonly sections: readonly Section[];
  /** Libraries without a number as their id, which cannot be asked for. */
  readonly unread: number;
}

export interface Activity {
  readonly id: string;
  /** `library.update.section`, … */
  readonly type: string;
  /** Per cent; null or -1: not known. */
  readonly progress: number | null;
  readonly cancellable: boolean | null;
  /** Library that it is about. */
  readonly section: string | null;
}

/** A state is one word of PMS; anything else in its place is not quoted. */
const STATE = /^[\w-]{1,40}$/;
const IDENTIFIER = /^[\w.-]{1,100}$/;
const VERSION = /^\d+(?:\.\d+)+(?:-[\w.]+)?$/;
const ID = /^[\w-]{1,64}$/;
const SECTION_ID = /^\d{1,9}$/;

/** null for an answer that has neither a version nor an identifier: every PMS names both. */
export function identityOf({ attributes }: PlexElement): Identity | null {
  const version = fits(attributes['version'], VERSION);
  if (version === null && attributes['machineIdentifier'] === undefined) return null;
  return { version, claimed: flag(attributes['claimed']) };
}

export function rootOf({ attributes }: PlexElement): Root {
  return {
    version: fits(attributes['version'], VERSION),
    signIn: state(attributes['myPlexSigninState']),
    mapping: state(attributes['myPlexMappingState']),
  };
}

/** In XML the root itself is the account; in JSON it may stand one level lower. */
export function accountOf(root: PlexElement): Account {
  const { attributes } = root.name === 'MyPlex' ? root : (root.children.find(({ name }) => name === 'MyPlex') ?? root);
  return {
    signIn: state(attributes['signInState']),
    mapping: state(attributes['mappingState']),
    mappingError: state(attributes['mappingError']),
  };
}

/** `MediaProvider` where all are listed, `MetadataAgentProvider` where the custom ones are. */
const PROVIDER_ELEMENTS: readonly string[] = ['MediaProvider', 'MetadataAgentProvider'];

export function providersOf({ children }: PlexElement): readonly Provider[] {
  return children
    .filter(({ name }) => PROVIDER_ELEMENTS.includes(name))
    .map(({ attributes }) => ({
      identifier: fits(attributes['identifier'], IDENTIFIER) ?? 'other',
      online: flag(attributes['online']),
      place: placeOf(attributes['uri'] ?? attributes['url'] ?? attributes['baseURL']),
    }));
}

/** Without user name, path and query: people put keys there. */
function placeOf(value: string | undefined): Place | null {
  const url = parseUrl(value ?? '');
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return null;
  const scheme = url.protocol === 'http:' ? 'http' : 'https';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return { scheme, host, port: url.port === '' ? DEFAULT_PORT[scheme] : Number(url.port) };
}

const DEFAULT_PORT = { https: 443, http: 80 } as const;

export function sectionsOf({ children }: PlexElement): SectionList {
  const listed = children.filter(({ name }) => name === 'Directory');
  const sections = listed.flatMap(({ attributes, children: below }) => {
    const id = fits(attributes['key'], SECTION_ID);
    if (id === null) return [];
    return {
      id,
      type: fits(attributes['type'], STATE) ?? 'other',
      agent: fits(attributes['agent'], IDENTIFIER) ?? 'other',
      scanner: printable(attributes['scanner'] ?? '').slice(0, 100),
      refreshing: flag(attributes['refreshing']),
      locations: below.filter(({ name }) => name === 'Location').flatMap((each) => each.attributes['path'] ?? []),
    };
  });
  return { sections, unread: listed.length - sections.length };
}

export function activitiesOf({ children }: PlexElement): readonly Activity[] {
  return children
    .filter(({ name }) => name === 'Activity')
    .flatMap(({ attributes, children: below }) => {
      const id = fits(attributes['uuid'], ID);
      if (id === null) return [];
      const progress = Number(attributes['progress'] ?? Number.NaN);
      const context = below.find(({ name }) => name === 'Context');
      return {
        id,
        type: fits(attributes['type'], IDENTIFIER) ?? 'other',
        progress: Number.isFinite(progress) ? progress : null,
        cancellable: flag(attributes['cancellable']),
        section: fits(context?.attributes['librarySectionID'], SECTION_ID),
      };
    });
}

function fits(value: string | undefined, shape: RegExp): string | null {
  return value !== undefined && shape.test(value) ? value : null;
}

function state(value: string | undefined): string | null {
  if (value === undefined || value === '') return null;
  return STATE.test(value) ? value : 'other';
}

/** XML writes 1 and 0, JSON may write true and false. */
function flag(value: string | undefined): boolean | null {
  if (value === '1' || value === 'true') return true;
  return value === '0' || value === 'false' ? false : null;
}
