import type { Library } from '../../core/model/pms-status.ts';

const LIBRARY_TYPES: ReadonlyMap<string, string> = new Map([
  ['artist', 'music'],
  ['show', 'series'],
  ['movie', 'movies'],
  ['photo', 'photos'],
]);

/** PMS's word for a kind of library as its users know it: `music` for `artist`. */
export function libraryType(type: string): string {
  return LIBRARY_TYPES.get(type) ?? type;
}

/** `music, tv.plex.agents.music`. */
export function libraryKind({ type, agent }: Pick<Library, 'type' | 'agent'>): string {
  return `${libraryType(type)}, ${agent}`;
}
