import { describe, expect, it } from 'vitest';
import {
  accountOf,
  activitiesOf,
  identityOf,
  providersOf,
  rootOf,
  sectionsOf,
} from '../../src/parse/pms-answer-documents.ts';
import { parsePmsAnswer } from '../../src/parse/pms-answer.ts';

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
    expect(sectionsOf(element(text))).toEqual([
      { id: '1', type: 'other', agent: 'other', scanner: 's', refreshing: null, locations: [] },
    ]);
    expect(providersOf(element(text))).toEqual([{ identifier: 'other', online: null }]);
    expect(activitiesOf(element(text))).toEqual([
      { id: 'u', type: 't', progress: -1, cancellable: null, section: null },
    ]);
  });
});
