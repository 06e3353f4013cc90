import { parseXml } from './answer-xml.ts';

/** The attributes that are read from the one element of `Preferences.xml`. null: not there. */
export interface Preferences {
  /** Token of the account that the server is claimed by: a secret. */
  readonly onlineToken: string | null;
  /** Hash in the server's plex.direct name. */
  readonly certificateId: string | null;
}

/** null when this is no file of preferences. */
export function parsePreferences(text: string): Preferences | null {
  const xml = parseXml(text);
  if (xml.kind !== 'element' || xml.element.name !== 'Preferences') return null;
  const { attributes } = xml.element;
  const certificateId = attributes['CertificateUUID'] ?? '';
  return {
    onlineToken: attributes['PlexOnlineToken'] || null,
    certificateId: /^[0-9a-f]{32}$/i.test(certificateId) ? certificateId.toLowerCase() : null,
  };
}
