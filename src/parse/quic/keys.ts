import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import type { QuicVersion } from './versions.ts';

/** Keys of the client's Initial packets. */
export interface InitialKeys {
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
  readonly headerProtection: Uint8Array;
}

export const SAMPLE_BYTES = 16;
export const TAG_BYTES = 16;

const KEY_BYTES = 16;
const IV_BYTES = 12;
const SECRET_BYTES = 32;

/** RFC 9001 section 5.2: every observer of the connection id can derive them. */
export function initialKeys({ salt, labels }: QuicVersion, connectionId: Uint8Array): InitialKeys {
  const initialSecret = createHmac('sha256', Buffer.from(salt, 'hex')).update(connectionId).digest();
  const secret = expandLabel(initialSecret, 'client in', SECRET_BYTES);
  return {
    key: expandLabel(secret, `${labels} key`, KEY_BYTES),
    iv: expandLabel(secret, `${labels} iv`, IV_BYTES),
    headerProtection: expandLabel(secret, `${labels} hp`, KEY_BYTES),
  };
}

/** HKDF-Expand-Label (RFC 8446 section 7.1) with an empty context, for up to one hash length. */
function expandLabel(secret: Uint8Array, label: string, bytes: number): Uint8Array {
  const full = `tls13 ${label}`;
  const info = [0, bytes, full.length, ...Buffer.from(full, 'latin1'), 0];
  return createHmac('sha256', secret)
    .update(Uint8Array.of(...info, 1))
    .digest()
    .subarray(0, bytes);
}

/** The five bytes that are put over the first byte and the packet number (RFC 9001 section 5.4.3). */
export function headerMask(keys: InitialKeys, sample: Uint8Array): Uint8Array {
  return createCipheriv('aes-128-ecb', keys.headerProtection, null).update(sample).subarray(0, 5);
}

/** RFC 9001 section 5.3. */
export function nonceOf(keys: InitialKeys, packetNumber: number): Uint8Array {
  const nonce = Uint8Array.from(keys.iv);
  let left = packetNumber;
  for (let at = nonce.length - 1; left > 0; at -= 1) {
    nonce[at] = (nonce[at] ?? 0) ^ (left & 0xff);
    left = Math.floor(left / 256);
  }
  return nonce;
}

/** The payload of a packet whose header protection is off; null when it does not belong to these keys. */
export function openPayload(
  keys: InitialKeys,
  packetNumber: number,
  header: Uint8Array,
  sealed: Uint8Array,
): Uint8Array | null {
  const cipher = createDecipheriv('aes-128-gcm', keys.key, nonceOf(keys, packetNumber));
  cipher.setAAD(header);
  cipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  const payload = cipher.update(sealed.subarray(0, sealed.length - TAG_BYTES));
  try {
    cipher.final();
    return payload;
  } catch {
    // The only thing final() throws for here is a tag that does not match.
    return null;
  }
}
