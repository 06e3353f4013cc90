// What a ClientHello offers, for filters that judge by it: supported_versions (RFC 8446 section 4.2.1), ALPN (RFC 7301).

const TLS_1_3 = Buffer.from([3, 4]);

/** Whether the first bytes of a connection are a ClientHello that offers TLS 1.3. */
export function offersTls13(bytes) {
  return extension(bytes, 43)?.subarray(1).includes(TLS_1_3) === true;
}

/** curl offers HTTP/2 by itself, this tool does not: a filter of the shape of a hello tells them apart. */
export function offersHttp2(bytes) {
  return extension(bytes, 16)?.includes('\x02h2') === true;
}

/** The body of an extension of a ClientHello; null: there is none. */
function extension(bytes, wanted) {
  if (bytes[0] !== 22 || bytes[5] !== 1) return null;
  let at = 43; // record, handshake, version, random
  at += 1 + bytes[at]; // session id
  at += 2 + bytes.readUInt16BE(at); // cipher suites
  at += 1 + bytes[at]; // compression methods
  const end = Math.min(at + 2 + bytes.readUInt16BE(at), bytes.length);
  at += 2;
  while (at + 4 <= end) {
    const [type, length] = [bytes.readUInt16BE(at), bytes.readUInt16BE(at + 2)];
    const body = bytes.subarray(at + 4, at + 4 + length);
    if (type === wanted) return body;
    at += 4 + length;
  }
  return null;
}
