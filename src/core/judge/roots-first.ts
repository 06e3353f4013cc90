import type { Cause } from '../model/report.ts';

/** The same causes, each followed by its consequences; a root stands where the first of these stood. */
export function rootsFirst<C extends Pick<Cause, 'id' | 'follows'>>(causes: readonly C[]): readonly C[] {
  const placed = new Set<C>();
  for (const cause of causes) {
    const root = causes.find(({ id }) => id === cause.follows) ?? cause;
    placed.add(root);
    for (const other of causes) if (other.follows === root.id) placed.add(other);
  }
  return [...placed];
}
