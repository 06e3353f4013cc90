const each = (line: string, write: (code: number) => string): string =>
  Array.from(line, (character) => write(character.codePointAt(0) ?? 0)).join('');
const hex = (code: number, length: number): string => code.toString(16).padStart(length, '0');
const bytes = (line: string): Buffer => Buffer.from(line);

/** Every way in which a line may be written that a reader can decode. */
export const ENCODINGS: Readonly<Record<string, (line: string) => string>> = {
  plain: (line) => line,
  upper: (line) => line.toUpperCase(),
  lower: (line) => line.toLowerCase(),
  percent: (line) => `u=${encodeURIComponent(line)}`,
  'twice percent': (line) => `u=${encodeURIComponent(encodeURIComponent(line))}`,
  'every byte in percent': (line) => [...bytes(line)].map((byte) => `%${hex(byte, 2)}`).join(''),
  'a form': (line) => line.replaceAll(' ', '+'),
  base64: (line) => bytes(line).toString('base64'),
  base64url: (line) => bytes(line).toString('base64url'),
  'base64 in JSON': (line) => `{"d":"${bytes(line).toString('base64')}"}`,
  'base64 in a URL': (line) => `https://plex.tv/x?d=${bytes(line).toString('base64url')}`,
  'base64 of base64': (line) => bytes(bytes(line).toString('base64')).toString('base64'),
  hexadecimal: (line) => bytes(line).toString('hex'),
  'capital hexadecimal': (line) => bytes(line).toString('hex').toUpperCase(),
  JSON: (line) => JSON.stringify({ m: line }),
  'JSON in JSON': (line) => JSON.stringify(JSON.stringify({ m: line })),
  'escapes of JSON': (line) => line.replace(/[.@:]/g, (mark) => `\\u${hex(mark.codePointAt(0) ?? 0, 4)}`),
  'escapes of JSON only': (line) => each(line, (code) => `\\u${hex(code, 4)}`),
  'escapes of C': (line) => [...bytes(line)].map((byte) => `\\x${hex(byte, 2)}`).join(''),
  octal: (line) => line.replace(/[.@: ]/g, (mark) => `\\${(mark.codePointAt(0) ?? 0).toString(8).padStart(3, '0')}`),
  entities: (line) => line.replace(/[.@]/g, (mark) => `&#${mark.codePointAt(0)};`),
  'entities only': (line) => each(line, (code) => `&#${code};`),
  'hexadecimal entities': (line) => each(line, (code) => `&#x${hex(code, 2)};`),
  HTML: (line) => `<td>${line.replaceAll('<', '&lt;')}</td>`,
  wide: (line) => each(line, (code) => String.fromCodePoint(code > 0x20 && code < 0x7f ? code + 0xfee0 : code)),
  bold: (line) => each(line, (code) => String.fromCodePoint(code >= 97 && code <= 122 ? code + 0x1d3b9 : code)),
  'characters without a width': (line) => Array.from(line).join('\u200B'),
  'soft hyphens': (line) => line.replace(/(\w)(\w)/g, '$1\u00AD$2'),
};

function unescaped(text: string): string {
  return text
    .replace(
      /%([0-7][\da-f])|\\u([\da-f]{4})|\\x([\da-f]{2})|&#x([\da-f]+);/gi,
      (_, ...codes: (string | undefined)[]) =>
        String.fromCodePoint(Number.parseInt(codes.slice(0, 4).find((code) => code !== undefined) ?? '0', 16)),
    )
    .replace(/\\([01][0-7]{2})/g, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 8)))
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/&quot;/g, '"');
}

const packed = (text: string): string =>
  [...text.matchAll(/[\w+/-]{8,}={0,2}/g)].map(([run]) => Buffer.from(run, 'base64').toString('latin1')).join('\n');
const figures = (text: string): string =>
  [...text.matchAll(/(?:[\da-f]{2}){4,}/gi)].map(([run]) => Buffer.from(run, 'hex').toString('latin1')).join('\n');
const unwrapped = (text: string): string => text.replace(/\s*\n\s*/g, '');
const turned = (text: string): string =>
  text.replace(/[\w-]+(?:\.[\w-]+)+/g, (name) => name.split('.').toReversed().join('.'));

/** A text in every form that its escapes and codes give, lower case. */
export function formsOf(text: string): readonly string[] {
  const once = unescaped(text);
  const thrice = unescaped(unescaped(once));
  return [
    text,
    once,
    thrice,
    packed(text),
    packed(packed(text)),
    packed(thrice),
    figures(text),
    unwrapped(text),
    turned(text),
  ].map((form) =>
    form
      .normalize('NFKC')
      .replace(/[\u200B\u00AD]/g, '')
      .toLowerCase(),
  );
}
