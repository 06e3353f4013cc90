import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countCertificates } from '../../../src/parse/pms/certificate-bundle.ts';

const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\nAAA=\n-----END CERTIFICATE-----\n';

describe('countCertificates', () => {
  it.each([
    ['none', '', 0],
    ['one', PEM, 1],
    ['with comments between, as in curl’s bundle', `## x\n${PEM}\nName\n====\n${PEM}`, 2],
    ['Windows line ends', PEM.replaceAll('\n', '\r\n'), 1],
    ['one that is cut off', `${PEM}-----BEGIN CERTIFICATE-----\nMIIB`, 1],
    ['a key', '-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n', 0],
  ])('%s', (_, text, count) => {
    expect(countCertificates(text)).toBe(count);
  });

  it('counts any number', () => {
    expect(() =>
      fc.assert(fc.property(fc.nat({ max: 300 }), (count) => countCertificates(PEM.repeat(count)) === count)),
    ).not.toThrow();
  });
});
