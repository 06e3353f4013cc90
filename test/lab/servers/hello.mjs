// The supported_versions of a ClientHello (RFC 8446 section 4.2.1), for filters that do not know TLS 1.3.

const TLS_1_3 = Buffer.from([3, 4]);

/** Whether the first bytes of a connection are a ClientHello that offers TLS 1.3. */
export function offersTls13(bytes) {
  if (bytes[0] !== 22 || bytes[5] !== 1) return false;
  let at = 43; // record, handshake, version, random
  at += 1 + bytes[at]; // session id
  at += 2 + bytes.readUInt16BE(at); // cipher suites
  at += 1 + bytes[at]; // compression methods
  const end = Math.min(at + 2 + bytes.readUInt16BE(at), bytes.length);
  at += 2;
  while (at + 4 <= end) {
    const [type, length] = [bytes.readUInt16BE(at), bytes.readUInt16BE(at + 2)];
    const body = bytes.subarray(at + 4, at + 4 + length);
    if (type === 43) return body.subarray(1).includes(TLS_1_3);
    at += 4 + length;
  }
  return false;
}
