import { expect, it } from 'vitest';
import { parsePreferences } from '../../../src/parse/pms/preferences.ts';

const HASH = '0123456789abcdef0123456789abcdef';

it.each([
  [
    'both',
    `<Preferences a="b" PlexOnlineToken="tok" CertificateUUID="${HASH.toUpperCase()}"/>`,
    { onlineToken: 'tok', certificateId: HASH },
  ],
  ['signed out', '<Preferences PlexOnlineToken=""/>', { onlineToken: null, certificateId: null }],
  ['a hash that is none', '<Preferences CertificateUUID="*"/>', { onlineToken: null, certificateId: null }],
  ['another file', '<plist version="1.0"/>', null],
  ['cut', '<Preferences PlexOnlineToken="tok', null],
  ['empty', '', null],
])('preferences: %s', (_, text, expected) => {
  expect(parsePreferences(text)).toEqual(expected);
});
