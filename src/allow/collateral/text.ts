import { count } from '../words.ts';
import { wrapped } from '../wrap.ts';
import type { Collateral, SharedAddress } from './model.ts';

/** Other names of one address; JSON has all. */
const OTHERS_SHOWN = 12;

/** The answer for people, at a width. Ends with a line break. */
export function collateralText(found: Collateral, width: number): string {
  const { addresses, unresolved } = found;
  const shared = addresses.filter(({ others }) => others.length > 0);
  const alone = addresses.filter(({ others }) => others.length === 0);
  const lines = [
    ...wrapped(summary(found), width, ''),
    '',
    ...block('Addresses that serve other names, too', shared, (each) => [
      ...wrapped(`${each.address}  ${origin(each)}`, width),
      ...wrapped(`  ${opening(each)}`, width),
    ]),
    ...block('Addresses on which no other name was seen', alone, (each) => [
      ...wrapped(`${each.address}  ${each.allowed.join(', ')}  ${origin(each)}`, width),
    ]),
    ...block('Names without an address', unresolved, ({ host, why }) => wrapped(`${host}: ${why}`, width)),
    ...wrapped(
      'Names that were not seen may share these addresses as well: a rule by address is no filter by name.',
      width,
      '',
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function summary({ addresses, names, isLive }: Collateral): string {
  const shared = addresses.filter(({ others }) => others.length > 0).length;
  const from = isLive ? 'by DNS' : 'by the given files alone, no name server was asked';
  const also = shared === 1 ? '1 of them also serves' : `${shared} of them also serve`;
  return `${count(names, 'name')} to allow: ${addresses.length === 1 ? '1 address' : `${addresses.length} addresses`} (${from}); ${also} names that are not to be allowed.`;
}

function block<T>(title: string, items: readonly T[], draw: (item: T) => readonly string[]): readonly string[] {
  return items.length === 0 ? [] : [`${title} (${items.length})`, ...items.flatMap(draw), ''];
}

/** Published ranges, and the owner's own name for it: who runs an address is never guessed. */
function origin({ reverse, range, sources }: SharedAddress): string {
  const within = range === null ? '' : `in ${range.prefix} of ${range.of}; `;
  const owner =
    reverse === null ? '' : reverse.length === 0 ? 'no reverse name; ' : `reverse name ${reverse.join(', ')}; `;
  return `(${within}${owner}${sources.join(', ')})`;
}

function opening({ address, allowed, others }: SharedAddress): string {
  const shown = others.slice(0, OTHERS_SHOWN);
  const more = others.length - shown.length;
  const also = [
    ...shown.map(({ host, isKnown }) => (isKnown ? host : `${host} (not of the catalogue)`)),
    ...(more > 0 ? [`${more} more`] : []),
  ];
  return `A rule for ${address} lets ${joined(allowed)} through, and besides ${joined(also)}.`;
}

function joined(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
