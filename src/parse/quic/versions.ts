/** How the Initial packets of a QUIC version are told from others and protected. */
export interface QuicVersion {
  /** RFC 9001 section 5.2. */
  readonly salt: string;
  /** The prefix of the labels of key, IV and header protection. */
  readonly labels: 'quic' | 'quicv2';
  /** The two type bits of long headers (RFC 9000 section 17.2, RFC 9369 section 3.2). */
  readonly types: { readonly initial: number; readonly retry: number };
  /** RFC 9000 section 19.6. */
  readonly cryptoFrame: number;
}

const V1: QuicVersion = {
  salt: '38762cf7f55934b34d179ae6a4c80cadccbb7f0a',
  labels: 'quic',
  types: { initial: 0, retry: 3 },
  cryptoFrame: 0x06,
};
const V2: QuicVersion = {
  salt: '0dede3def700a6db819381be6e269dcbf9bd2ed9',
  labels: 'quicv2',
  types: { initial: 1, retry: 0 },
  cryptoFrame: 0x06,
};

/** draft-ietf-quic-tls-22, -23 and -29 section 5.2. */
const DRAFT_22: QuicVersion = { ...V1, salt: '7fbcdb0e7c66bbe9193a96cd21519ebd7a02644a' };
const DRAFT_23: QuicVersion = { ...V1, salt: 'c3eef712c72ebb5a11a7d2432bb46365bef9f502' };
const DRAFT_29: QuicVersion = { ...V1, salt: 'afbfec289993d24c9e9786f19c6111e04390a899' };

/** Google's own versions with TLS, which keep a frame of gQUIC. Salts from packet-quic.c of Wireshark, as the numbers of mvfst. */
const T050: QuicVersion = { ...V1, salt: '7ff579e5acd072915580304c43a2367c60488310', cryptoFrame: 0x08 };
const T051: QuicVersion = { ...T050, salt: '7a4edef4e7ccee5fa4506c19124fc8ccda6e033d' };

/** The numbers that begin with 0xfaceb are mvfst's, for the drafts 22 and 27. */
const BY_NUMBER: ReadonlyMap<number, QuicVersion> = new Map([
  [0x0000_0001, V1],
  [0x6b33_43cf, V2],
  [0x5430_3530, T050],
  [0x5430_3531, T051],
  [0xface_b001, DRAFT_22],
  [0xface_b002, DRAFT_23],
  [0xface_b00e, DRAFT_23],
]);

const DRAFT_PREFIX = 0xff00_00;

/** The versions whose ClientHello can be read: 1, 2, drafts from 22 on and what was built on them. null for all others, as gQUIC. */
export function quicVersion(number: number): QuicVersion | null {
  const draft = number >>> 8 === DRAFT_PREFIX ? number & 0xff : 0;
  if (draft === 22) return DRAFT_22;
  if (draft >= 23 && draft <= 28) return DRAFT_23;
  if (draft >= 29 && draft <= 32) return DRAFT_29;
  if (draft === 33 || draft === 34) return V1;
  return BY_NUMBER.get(number) ?? null;
}
