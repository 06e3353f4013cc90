import { describe, expect, it } from 'vitest';
import {
  accountOf,
  activitiesOf,
  identityOf,
  providersOf,
  rootOf,
  sectionsOf,
} from '../../../src/parse/pms/answer-documents.ts';
import { parsePmsAnswer } from '../../../src/parse/pms/answer.ts';

function element(text: string) {
  const answer = parsePmsAnswer(text);
  if (answer.kind !== 'element') throw new Error(answer.kind);
  return answer.element;
}

describe('what a document holds', () => {
  it.each([
    [
      'claimed',
      '<MediaContainer claimed="1" version="1.41.3.9314-a0bfb8370" machineIdentifier="x"/>',
      { version: '1.41.3.9314-a0bfb8370', claimed: true },
    ],
    ['not claimed', '{"MediaContainer":{"claimed":false,"version":"1.0.1"}}', { version: '1.0.1', claimed: false }],
    [
      'without a word about it',
      '<MediaContainer machineIdentifier="x" version="jdoe@example"/>',
      { version: null, claimed: null },
    ],
    ['of somebody else', '<MediaContainer size="3"/>', null],
  ])('identity %s', (_, text, expected) => {
    expect(identityOf(element(text))).toEqual(expected);
  });

  it.each<[string, string | undefined, ReturnType<typeof providersOf>[number]['place']]>([
    ['an address', 'http://10.0.0.9:5000/api', { scheme: 'http', host: '10.0.0.9', port: 5_000 }],
    ['a usual port', 'https://Provider.Example/', { scheme: 'https', host: 'provider.example', port: 443 }],
    ['the usual port of http', 'http://nas', { scheme: 'http', host: 'nas', port: 80 }],
    ['an address of IPv6', 'http://[fd00::5]:8080/x', { scheme: 'http', host: 'fd00::5', port: 8_080 }],
    [
      'keys',
      'https://jdoe:canary@p.example/canary/movie?k=canary#canary',
      { scheme: 'https', host: 'p.example', port: 443 },
    ],
    ['another scheme', 'file:///srv/provider', null],
    ['no URL', '/library', null],
    ['nothing', undefined, null],
  ])('a provider whose URL has %s: only where it leads', (_, uri, place) => {
    const json = {
      MediaContainer: { MetadataAgentProvider: [{ identifier: 'tv.plex.agents.custom.x', uri, online: true }] },
    };
    expect(providersOf(element(JSON.stringify(json)))).toEqual([
      { identifier: 'tv.plex.agents.custom.x', online: true, place },
    ]);
  });

  it('states are words, and nothing else is quoted', () => {
    expect(rootOf(element('<MediaContainer myPlexSigninState="jdoe@example.net" myPlexMappingState=""/>'))).toEqual({
      version: null,
      signIn: 'other',
      mapping: null,
    });
  });

  it.each([
    '<MyPlex signInState="none" mappingState="unknown" mappingError=""/>',
    '<MediaContainer><MyPlex signInState="none" mappingState="unknown"/></MediaContainer>',
    '{"MyPlex":{"signInState":"none","mappingState":"unknown"}}',
  ])('account %s', (text) => {
    expect(accountOf(element(text))).toEqual({ signIn: 'none', mapping: 'unknown', mappingError: null });
  });

  it('libraries, providers and activities without an id are left out, and odd kinds are "other"', () => {
    const text =
      '<MediaContainer><Directory title="x"/><Directory key="1" type="a b" agent="a b" scanner="s"/>' +
      '<MediaProvider identifier="a/b"/><Activity title="x"/><Activity uuid="u" type="t" progress="-1"/></MediaContainer>';
    expect(sectionsOf(element(text))).toEqual({
      unread: 1,
      sections: [{ id: '1', type: 'other', agent: 'other', scanner: 's', refreshing: null, locations: [] }],
    });
    expect(providersOf(element(text))).toEqual([{ identifier: 'other', online: null, place: null }]);
    expect(activitiesOf(element(text))).toEqual([
      { id: 'u', type: 't', progress: -1, cancellable: null, section: null },
    ]);
  });
});
