import { defineTarget, wholeNamed } from '../target.ts';
import { portsOf, purposeOf } from '../words.ts';

/** pfSense refuses descriptions of 200 bytes. */
const LONGEST_BYTES = 199;

export default defineTarget({
  id: 'pfsense',
  title: 'pfSense, lines for Firewall > Aliases > Import',
  decidesBy: 'address',
  comment: null,
  install: [],
  limits: [
    'Paste it at Firewall > Aliases > Import. The alias holds no ports: make an alias of the ports in the descriptions, or one rule for each.',
    'pfSense resolves the names every five minutes and filters by address: every other site on an allowed address is allowed as well.',
  ],
  draw: (list) => {
    const { names, notIn } = wholeNamed(list);
    return {
      lines: names.map(
        (name) => `${name.host} ${description(`port ${portsOf({ ...name, isResolved: false })}: ${purposeOf(name)}`)}`,
      ),
      notIn,
    };
  },
});

function description(text: string): string {
  let kept = '';
  let bytes = 0;
  for (const character of text.replaceAll('|', '/')) {
    bytes += Buffer.byteLength(character);
    if (bytes > LONGEST_BYTES) break;
    kept += character;
  }
  return kept.trim();
}
