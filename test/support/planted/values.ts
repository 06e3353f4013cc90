import type { Canary } from '../canaries.ts';

const SYLLABLES = ['ba', 'ko', 'li', 'mu', 're', 'sa', 'to', 'vi', 'ne', 'da', 'fe', 'gu'] as const;

/** Values that are all different, and the same in every run. */
export class Values {
  #count: number;

  /** `first`: sets that begin far from each other share no value. */
  constructor(first: number) {
    this.#count = first;
  }

  #next(): number {
    this.#count += 1;
    return this.#count;
  }

  /** A word that no program says: `zqbakoli`. */
  readonly word = (): string => {
    let rest = this.#next();
    let word = 'zq';
    for (let i = 0; i < 4; i += 1) {
      word += SYLLABLES[rest % SYLLABLES.length] ?? '';
      rest = Math.floor(rest / SYLLABLES.length);
    }
    return word;
  };

  readonly name = (): string => `Zq${this.word().slice(2)}`;
  readonly fullName = (): string => `${this.name()} ${this.name()}`;
  readonly title = (): string => `${this.name()} of ${this.name()}`;
  readonly host = (): string => `${this.word()}.${this.word()}.lan`;
  readonly publicHost = (): string => `media.${this.word()}.org`;
  readonly company = (): string => `${this.name()} Widgets GmbH`;
  readonly device = (): string => `${this.name()}s Telly`;
  readonly city = (): string => `${this.name()}stadt`;
  readonly password = (): string => `${this.word()}!9`;
  readonly token = (): string => `zq${this.word().slice(4)}X9y${this.#next()}KpLm7`;

  readonly lan = (): string => {
    const n = this.#next();
    return `10.${77 + (n % 90)}.${((n * 7) % 250) + 1}.${((n * 13) % 250) + 2}`;
  };

  readonly wan = (): string => {
    const n = this.#next();
    return `8${1 + (n % 8)}.${((n * 3) % 250) + 1}.${((n * 5) % 250) + 1}.${((n * 11) % 250) + 2}`;
  };

  readonly ipv6 = (): string => {
    const n = this.#next();
    return `2a02:8108:${(0x10_00 + (n % 0xef_ff)).toString(16)}:${(0x2b_00 + (n % 997) * 3).toString(16)}::${(0x1_00 + (n % 499)).toString(16)}`;
  };

  readonly mac = (): string => {
    const n = this.#next();
    return `3c:5a:b4:${(16 + (n % 200)).toString(16)}:c${n % 10}:d${(n * 3) % 10}`;
  };

  readonly id = (): string => {
    const n = this.#next();
    return `${(0x3f_4e_5d_6c + n * 977).toString(16)}${(0x7b_8a_9f_0e + n * 1311).toString(16)}`;
  };
}

/** Each line with a value of its own. */
export function planted(
  kind: string,
  make: () => string,
  lines: readonly ((value: string) => string)[],
): readonly Canary[] {
  return lines.flatMap((line) => [make(), make()].map((value) => ({ kind, value, line: line(value) })));
}

export const octetsOf = (ip: string): readonly number[] => ip.split('.').map(Number);

/** Two figures each. */
export const hexOf = (octets: readonly number[]): string =>
  octets.map((octet) => octet.toString(16).padStart(2, '0')).join('');

/** The last two groups of the IPv6 address that an IPv4 address is put into. */
export function groupsOf(ip: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = octetsOf(ip);
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

/** Everything that tells the value, lower case. */
export function spellingsOf({ kind, value }: Pick<Canary, 'kind' | 'value'>): readonly string[] {
  const plain = value.toLowerCase();
  switch (kind) {
    case 'ip':
    case 'public ip': {
      const octets = octetsOf(value);
      return [
        plain,
        ...['-', '_', ',', '[.]', String.raw`\.`].map((mark) => octets.join(mark)),
        octets.toReversed().join('.'),
        hexOf(octets),
        hexOf(octets.toReversed()),
        String(Number.parseInt(hexOf(octets), 16)),
        groupsOf(value),
        octets.map((octet) => String(octet).padStart(3, '0')).join('.'),
      ];
    }
    case 'ip6':
      return [plain, plain.replaceAll(':', '-')];
    case 'mac':
      return [
        plain,
        ...['', '-'].map((mark) => plain.replaceAll(':', mark)),
        plain.replaceAll(':', '').replace(/(.{4})(.{4})(.{4})/, '$1.$2.$3'),
      ];
    default:
      // The beginning of every word that was made up.
      return /zq/i.test(value) ? ['zq'] : [plain];
  }
}
