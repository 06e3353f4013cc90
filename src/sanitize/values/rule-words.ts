/** Words, lower case, that rules look for and that no list of open words has. A test holds this against the rules' own text. */
export const RULE_WORDS: ReadonlySet<string> = new Set(
  'asn ass cer clientidentifier deb eyj giu heic igned max nick oken pam pseudonym sid slice'.split(' '),
);
