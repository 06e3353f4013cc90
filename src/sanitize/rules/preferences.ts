import { isDecided, type Pass } from '../values/pass.ts';
import type { PseudonymKind } from '../values/pseudonym-kinds.ts';
import { isKnownWord } from '../values/vocabulary.ts';

/** What PMS keeps about its owner and itself, by the names of its settings. */
export const PREFERENCE_KINDS: Readonly<Record<string, PseudonymKind>> = {
  FriendlyName: 'server',
  PlexOnlineUsername: 'user',
  PlexOnlineMail: 'mail',
  MachineIdentifier: 'uuid',
  ProcessedMachineIdentifier: 'machine-id',
  AnonymousMachineIdentifier: 'uuid',
  CertificateUUID: 'server',
};

const ELEMENT = /<Preferences\b[^>]*>/g;
const ATTRIBUTE = /([A-Za-z]\w*)="([^"]*)"/g;
const PLAIN = /^(?:-?\d{0,9}|true|false|v?\d+(?:\.\d+)+(?:-[0-9a-f]+)?)$/i;
const TOKEN = /token|password|secret|key$/i;

/** PMS's settings: numbers, switches and known words stay; every other value is private. */
export function hidePreferences(text: string, pass: Pass): string {
  if (!text.includes('<Preferences')) return text;
  return text.replace(ELEMENT, (element) =>
    element.replace(ATTRIBUTE, (whole, name: string, value: string) => {
      if (value === '' || isDecided(value)) return whole;
      if (TOKEN.test(name)) return `${name}="${pass.secret('token')}"`;
      if (PLAIN.test(value)) return `${name}="${pass.keep(value)}"`;
      if (value.split(/[^\p{L}\p{N}_]+/u).every((word) => word === '' || isKnownWord(word))) return whole;
      return `${name}="${pass.pseudonym(PREFERENCE_KINDS[name] ?? 'name', value.toLowerCase())}"`;
    }),
  );
}
