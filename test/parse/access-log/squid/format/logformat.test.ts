import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatsOfConfig } from '../../../../../src/parse/access-log/squid/config.ts';
import {
  BUILTIN_FORMATS,
  compileFormat,
  type SquidFormat,
} from '../../../../../src/parse/access-log/squid/format/logformat.ts';

/** Codes and literals of a format in short: a field is `code`, with what is not usual behind it. */
function outline(format: SquidFormat): string[] {
  return format.parts.map((part) => {
    if (part.kind === 'literal') return `'${part.text}'`;
    const { code, argument, quoting, leftAligned, zeroPadded, minWidth, maxWidth } = part;
    const details = [
      argument === null ? [] : [`{${argument}}`],
      quoting === 'none' ? [] : [quoting],
      leftAligned ? ['left'] : [],
      zeroPadded ? ['zero'] : [],
      minWidth > 0 ? [`min ${minWidth}`] : [],
      maxWidth === null ? [] : [`max ${maxWidth}`],
    ];
    return [code, ...details.flat()].join(' ');
  });
}

function compiled(line: string): SquidFormat {
  const result = compileFormat(line);
  if (result.kind === 'malformed') throw new Error(`${result.offset}: ${result.rule}`);
  return result.format;
}

describe('compileFormat', () => {
  it.each<[string, string, readonly string[]]>([
    ['codes and text', '%>a - %rm', ['>a', "' - '", 'rm']],
    ['a literal percent sign', '%ts%% %>a', ['ts', "'% '", '>a']],
    [
      'width, padding and precision',
      '%-12.4>A|%03>Hs|%.6tu',
      ['>A left min 12 max 4', "'|'", '>Hs zero min 3', "'|'", 'tu max 6'],
    ],
    [
      'every quoting flag',
      `%"un %[un %#un %/un %'un`,
      ['un quotes', "' '", 'un brackets', "' '", 'un url', "' '", 'un shell', "' '", 'un raw'],
    ],
    ['quoting by the text around', '"%>a" [%>a] %>a', ["'\"'", '>a quotes', "'\" ['", '>a brackets', "'] '", '>a']],
    ['an argument before the code', '%{User-Agent}>h', ['>h {User-Agent}']],
    ['an argument after the code', '%>h{User-Agent}', ['>h {User-Agent}']],
    ['braces after a code with an argument as text', '%{a}>h{b}', ['>h {a}', "'{b}'"]],
    [
      'namespaces',
      '%ssl::>sni %http::>rm %adapt::<last_h %icap::tt',
      ['ssl::>sni', "' '", '>rm', "' '", 'adapt::<last_h', "' '", 'icap::tt'],
    ],
    [
      'the longest code that Squid knows',
      '%err_code/%err_detail %mtx %tsx',
      ['err_code', "'/'", 'err_detail', "' '", 'mt', "'x '", 'ts', "'x'"],
    ],
    ['codes that nobody knows', '%later::>thing %WHAT', ['later::>thing', "' '", 'WHAT']],
    ['legacy codes of helpers', '%SRC %METHOD %URI', ['SRC', "' '", 'METHOD', "' '", 'URI']],
  ])('takes %s', (_, line, expected) => {
    expect(outline(compiled(line))).toEqual(expected);
  });

  it('takes the name from a whole line of squid.conf', () => {
    expect(compiled('  logformat mine\t%>a %ru  ')).toMatchObject({ name: 'mine', line: '%>a %ru' });
    expect(compiled('%>a %ru').name).toBeNull();
  });

  it.each<[string, string, number, string]>([
    ['a lonely percent sign', '%>a %', 5, 'followed by a code'],
    ['a sign that begins no code', '%>a %~x', 5, 'followed by a code'],
    ['an open brace', '%>a %{User-Agent>h', 5, '{ without }'],
    ['an open brace behind', '%>a %>h{User', 7, '{ without }'],
    ['no code at all', 'plain text', 0, 'no % code'],
    ['nothing', '', 0, 'no % code'],
    ['a name alone', 'logformat mine', 14, 'no % code'],
    ['not even a name', 'logformat', 9, 'a name'],
    ['fields that touch', 'logformat x %>a%rm', 12, '%>a and %rm touch'],
    ['an endless width', '%99999>a', 1, 'width'],
    ['too many codes', '%tr '.repeat(300), 1024, '256 codes'],
  ])('refuses %s', (_, line, offset, rule) => {
    const result = compileFormat(line);
    expect(result).toMatchObject({ kind: 'malformed', offset });
    expect(result).toHaveProperty('rule', expect.stringContaining(rule));
  });

  it('has a result for any text', () => {
    const codes = fc.constantFrom(
      '%',
      '%>a',
      '%{',
      '}',
      '"',
      '[',
      '%03',
      '%tl',
      '%[',
      '::',
      'logformat ',
      ' ',
      '%.',
      '-',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(codes).map((parts) => parts.join('')),
        ),
        (line) => {
          expect(compileFormat(line).kind).toMatch(/^(complete|malformed)$/);
        },
      ),
    );
  });
});

describe('BUILTIN_FORMATS', () => {
  it.each(Object.entries(BUILTIN_FORMATS))('%s compiles again from its own line', (name, format) => {
    expect(compiled(`logformat ${name} ${format.line}`)).toEqual(format);
  });
});

describe('formatsOfConfig', () => {
  it('finds formats and the logs that use them', () => {
    const { formats, logs, includes, problems } = formatsOfConfig(
      [
        '# logformat no %>a',
        'logformat mine %>a \\',
        '  %rm %ru',
        'acl all src all',
        'access_log stdio:/var/log/squid/a.log mine all',
        'access_log daemon:/var/log/squid/b.log logformat=common buffer-size=64KB all',
        'access_log /var/log/squid/c.log',
        'access_log none localhost',
        'include /etc/squid/conf.d/*.conf',
        'access_log udp://10.0.0.1:514 squid',
        'access_log stdio:/d.log all',
      ].join('\r\n'),
    );
    expect(formats).toMatchObject([{ name: 'mine', line: 2, format: { line: '%>a   %rm %ru' } }]);
    expect(logs.map(({ module, place, formatName, line }) => [module, place, formatName, line])).toEqual([
      ['stdio', '/var/log/squid/a.log', 'mine', 5],
      ['daemon', '/var/log/squid/b.log', 'common', 6],
      ['stdio', '/var/log/squid/c.log', 'squid', 7],
      ['udp', '//10.0.0.1:514', 'squid', 10],
      ['stdio', '/d.log', 'squid', 11],
    ]);
    expect(logs[0]?.format).toBe(formats[0]?.format);
    expect(includes).toEqual(['/etc/squid/conf.d/*.conf']);
    expect(problems).toEqual([]);
  });

  it('names the lines that it cannot use', () => {
    const { formats, logs, problems } = formatsOfConfig(
      'logformat bad %{x\n\naccess_log stdio:/a.log logformat=elsewhere\nlogformat good %>a',
    );
    expect(formats.map(({ name }) => name)).toEqual(['good']);
    expect(logs).toMatchObject([{ place: '/a.log', formatName: 'elsewhere', format: null }]);
    expect(problems).toMatchObject([
      { line: 1, rule: expect.stringContaining('{ without }') },
      { line: 3, rule: expect.stringContaining('no logformat elsewhere') },
    ]);
  });

  it('lets the last definition of a name count', () => {
    const { logs } = formatsOfConfig('logformat x %>a\naccess_log /a x\nlogformat x %ru');
    expect(logs[0]?.format?.line).toBe('%ru');
  });

  it('refuses what is too large to be a configuration', () => {
    expect(formatsOfConfig('#'.repeat(5_000_000)).problems).toHaveLength(1);
  });
});
