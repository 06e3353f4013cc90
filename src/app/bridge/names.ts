import { MOST_BRIDGED } from '../../bridge/hosts-file.ts';
import { parseHostName } from '../../catalog/index.ts';
import { addressBytes } from '../../core/values/address.ts';
import { UsageError } from '../usage-error.ts';

/** The names of `--for`, each once. A bridge goes by names: an address or a pattern cannot be led anywhere. */
export function bridgedNames(given: readonly string[]): readonly string[] {
  const names = given
    .flatMap((item) => item.split(','))
    .filter((item) => item !== '')
    .map((item) => {
      const parsed = parseHostName(item.replace(/:443$/, ''));
      if (!parsed.ok) throw new UsageError(`--for: ${item}: expected ${parsed.expected}; ${parsed.todo}`);
      if (addressBytes(parsed.host) !== null)
        throw new UsageError(`--for: ${item} is an address; a bridge leads names through the proxy: give the name`);
      if (parsed.host.startsWith('*.'))
        throw new UsageError(`--for: ${item} is a pattern; /etc/hosts knows whole names only: give each name`);
      if (!parsed.host.includes('.')) throw new UsageError(`--for: ${item} is no full name (expected one with a dot)`);
      return parsed.host;
    });
  const distinct = [...new Set(names)];
  if (distinct.length > MOST_BRIDGED) throw new UsageError(`--for: more than ${MOST_BRIDGED} names`);
  return distinct;
}
