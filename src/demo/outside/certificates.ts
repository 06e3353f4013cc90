import { createHash, createPrivateKey, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { addressBytes } from '../../core/values/address.ts';
import { bitString, boolean, integer, octetString, oid, sequence, set, tagged, time, utf8String } from './der.ts';

/** A certificate with its private key, both PEM. */
export interface Issued {
  /** The certificate, followed by the intermediates that lead to its root (without the root): what a server presents. */
  readonly certificatePem: string;
  /** PKCS #8. */
  readonly keyPem: string;
}

export interface IssueOptions {
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** Subject; the first name when absent. */
  readonly commonName?: string;
}

/** A certificate authority that lives in memory. Its keys are EC P-256 and its signatures ECDSA with SHA-256. */
export interface Authority extends Issued {
  readonly commonName: string;
  /** A server certificate for DNS names, wildcards and IP addresses. */
  issue(names: readonly string[], options?: IssueOptions): Issued;
  /** An intermediate authority signed by this one. */
  issueAuthority(commonName: string, options?: Omit<IssueOptions, 'commonName'>): Authority;
}

const HOUR_MS = 3_600_000;
/** Issued certificates begin in the past, so that a peer whose clock is a little behind still accepts them. */
const BACKDATED_MS = 24 * HOUR_MS;
/** Below the 398 days that browsers accept at most (CA/Browser Forum baseline requirements 6.3.2). */
const LEAF_LIFETIME_MS = 90 * 24 * HOUR_MS;
const AUTHORITY_LIFETIME_MS = 10 * 365 * 24 * HOUR_MS;

const OID = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  commonName: '2.5.4.3',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
} as const;

/** RFC 5280 4.2.1.3: bits are numbered from the left, and trailing zero bits are not encoded. */
const DIGITAL_SIGNATURE = bitString(Uint8Array.of(0b1000_0000), 7);
const KEY_CERT_SIGN_AND_CRL_SIGN = bitString(Uint8Array.of(0b0000_0110), 1);

/** The upper bound that RFC 5280 appendix A.1 sets for a common name. */
const COMMON_NAME_MAX = 64;

/** A self-signed root. `now` is the moment that default validities are counted from. */
export function createAuthority(commonName: string, now: Date = new Date()): Authority {
  return authority(commonName, now, null, { notBefore: undefined, notAfter: undefined });
}

interface Signer {
  readonly commonName: string;
  readonly key: KeyObject;
  readonly keyId: Buffer;
  /** Intermediates from this authority up to, and without, the root. */
  readonly chainPem: string;
}

interface Validity {
  readonly notBefore: Date | undefined;
  readonly notAfter: Date | undefined;
}

function authority(commonName: string, now: Date, parent: Signer | null, validity: Validity): Authority {
  const pair = createPair();
  const certificatePem = certify({
    subject: commonName,
    pair,
    signer: parent ?? { commonName, key: pair.privateKey, keyId: pair.keyId },
    notBefore: validity.notBefore ?? before(now),
    notAfter: validity.notAfter ?? new Date(now.getTime() + AUTHORITY_LIFETIME_MS),
    extensions: [
      extension(OID.basicConstraints, true, sequence(boolean(true))),
      extension(OID.keyUsage, true, KEY_CERT_SIGN_AND_CRL_SIGN),
    ],
  });
  const signer: Signer = {
    commonName,
    key: pair.privateKey,
    keyId: pair.keyId,
    chainPem: parent ? certificatePem + parent.chainPem : '',
  };
  return {
    commonName,
    certificatePem: parent ? certificatePem + parent.chainPem : certificatePem,
    keyPem: pair.keyPem,
    issue: (names, options = {}) => issue(signer, now, names, options),
    issueAuthority: (name, options = {}) =>
      authority(name, now, signer, { notBefore: options.notBefore, notAfter: options.notAfter }),
  };
}

function issue(signer: Signer, now: Date, names: readonly string[], options: IssueOptions): Issued {
  const pair = createPair();
  const certificatePem = certify({
    subject: (options.commonName ?? names[0] ?? 'unnamed').slice(0, COMMON_NAME_MAX),
    pair,
    signer,
    notBefore: options.notBefore ?? before(now),
    notAfter: options.notAfter ?? new Date(now.getTime() + LEAF_LIFETIME_MS),
    extensions: [
      extension(OID.basicConstraints, true, sequence()),
      extension(OID.keyUsage, true, DIGITAL_SIGNATURE),
      extension(OID.extendedKeyUsage, false, sequence(oid(OID.serverAuth))),
      ...(names.length > 0 ? [extension(OID.subjectAltName, false, sequence(...names.map(generalName)))] : []),
    ],
  });
  return { certificatePem: certificatePem + signer.chainPem, keyPem: pair.keyPem };
}

function before(now: Date): Date {
  return new Date(now.getTime() - BACKDATED_MS);
}

const UNCOMPRESSED_P256_POINT_BYTES = 65;

interface Pair {
  readonly privateKey: KeyObject;
  readonly keyPem: string;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKeyInfo: Buffer;
  readonly keyId: Buffer;
}

function createPair(): Pair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'der' },
  });
  return {
    privateKey: createPrivateKey(privateKey),
    keyPem: privateKey,
    publicKeyInfo: publicKey,
    // RFC 5280 4.2.1.2, method 1: SHA-1 of the public key's bits, which end every SubjectPublicKeyInfo of this curve.
    keyId: createHash('sha1').update(publicKey.subarray(-UNCOMPRESSED_P256_POINT_BYTES)).digest(),
  };
}

interface CertificateRequest {
  readonly subject: string;
  readonly pair: Pair;
  readonly signer: Pick<Signer, 'commonName' | 'key' | 'keyId'>;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly extensions: readonly Buffer[];
}

/** RFC 5280 4.1: the to-be-signed part, its algorithm and the signature over it. */
function certify({ subject, pair, signer, notBefore, notAfter, extensions }: CertificateRequest): string {
  const algorithm = sequence(oid(OID.ecdsaWithSha256));
  const version3 = tagged(0, integer(Uint8Array.of(2)), 'constructed');
  const keyIds = [
    extension(OID.subjectKeyIdentifier, false, octetString(pair.keyId)),
    extension(OID.authorityKeyIdentifier, false, sequence(tagged(0, signer.keyId, 'primitive'))),
  ];
  const toBeSigned = sequence(
    version3,
    integer(randomBytes(16)),
    algorithm,
    distinguishedName(signer.commonName),
    sequence(time(notBefore), time(notAfter)),
    distinguishedName(subject),
    pair.publicKeyInfo,
    tagged(3, sequence(...extensions, ...keyIds), 'constructed'),
  );
  return pem(sequence(toBeSigned, algorithm, bitString(sign('sha256', toBeSigned, signer.key))));
}

function distinguishedName(commonName: string): Buffer {
  return sequence(set(sequence(oid(OID.commonName), utf8String(commonName))));
}

/** `critical` is left out when false: DER does not encode defaults (X.690 11.5). */
function extension(id: string, critical: boolean, value: Uint8Array): Buffer {
  return sequence(oid(id), ...(critical ? [boolean(true)] : []), octetString(value));
}

/** RFC 5280 4.2.1.6: dNSName is [2], iPAddress is [7] with the address's bytes. */
function generalName(name: string): Buffer {
  const address = addressBytes(name);
  return address ? tagged(7, address, 'primitive') : tagged(2, Buffer.from(name, 'ascii'), 'primitive');
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
