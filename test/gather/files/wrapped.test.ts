import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { valueOf } from '../../../src/core/model/evidence.ts';
import type { ReadFiles } from '../../../src/gather/files/read-files.ts';
import { WRAPPINGS } from '../../support/logs/envelopes.ts';
import { LogFolder, NOW_MS, read, squidLine } from '../../support/logs/log-files.ts';
import { RANDOM_LOG, type RandomLog } from '../../support/logs/random-logs.ts';
import { serverLine, TEXT } from '../../support/logs/pms-log-builder.ts';
import { runs } from '../../support/fuzz.ts';

const folder = new LogFolder();
afterAll(() => folder.remove());

const SQUID = [
  squidLine('10.0.0.2', 'TCP_TUNNEL/200', 'CONNECT', 'plex.tv:443'),
  squidLine('10.0.0.2', 'TCP_DENIED/403', 'CONNECT', 'metadata.provider.plex.tv:443', NOW_MS + 1000),
  squidLine('10.0.0.2', 'TCP_MISS/200', 'GET', String.raw`http://example.org/café/"x"?y=\z`, NOW_MS + 2000),
].map((line) => Buffer.from(line.trimEnd()).toString('latin1'));

const PMS = [
  serverLine('server', { atMs: NOW_MS, text: TEXT.start('Plex Media Server', '1.41.3.9314-a0bfb8370', '-06:00') }),
  ...Array.from({ length: 3 }, (_, n) =>
    serverLine('server', {
      atMs: NOW_MS + 1000 * (n + 1),
      level: 'WARN',
      text: TEXT.failure(
        'GET',
        'https://plex.tv/api',
        28,
        'Timeout was reached',
        'Connection timed out after 10001 milliseconds',
        '5c',
      ),
    }),
  ),
];

const TINYPROXY = [
  'CONNECT   Nov 22 14:03:01.123 [812]: Connect (file descriptor 5): 10.0.0.2',
  'CONNECT   Nov 22 14:03:01.130 [812]: Request (file descriptor 5): CONNECT plex.tv:443 HTTP/1.1',
  'CONNECT   Nov 22 14:03:01.180 [812]: Established connection to host "plex.tv" using file descriptor 6.',
];

const LOGS: readonly (readonly [string, readonly string[]])[] = [
  ['squid', SQUID],
  ['pms-log', PMS],
  ['tinyproxy', TINYPROXY],
];

/** All that was read, but for the names of files. */
function told({ traffic, pmsLog }: ReadFiles): unknown {
  const { flows = [], questions = [] } = valueOf(traffic) ?? {};
  const { requests = [], states = [], scans = [], warnings = [], files = [] } = valueOf(pmsLog) ?? {};
  return {
    flows,
    questions,
    requests,
    states,
    scans,
    warnings,
    versions: files.map(({ version, from, to }) => [version, from, to]),
  };
}

async function readLines(lines: readonly string[]): Promise<ReadFiles> {
  return read([folder.add('Plex Media Server.log', Buffer.from(`${lines.join('\n')}\n`, 'latin1'))]);
}

describe('logs in an envelope', () => {
  for (const [kind, lines] of LOGS) {
    it.each(WRAPPINGS)(`$id: reads ${kind} as it reads the bare log, and says what was stripped`, async ({ wrap }) => {
      const result = await readLines(wrap(lines));
      expect(result.files).toMatchObject([{ kind, state: 'read', note: expect.stringMatching(/^stripped: /) }]);
      expect(told(result)).toEqual(told(await readLines(lines)));
    });
  }

  // The name of a file says which process wrote its log: those of grep and tail are of another one.
  const anonymous = WRAPPINGS.filter(({ id }) => !/^(?:grep|tail)/.test(id));
  const inner = anonymous.filter(({ isOutermost }) => isOutermost !== true);

  it('reads a random log in any envelope as the bare one', async () => {
    await fc.assert(
      fc.asyncProperty(RANDOM_LOG, fc.constantFrom(...anonymous), async (log, wrapping) => {
        fc.pre(!(log.hasFurtherLines && wrapping.id === 'one-line'));
        await expectSame(log, wrapping.wrap(log.lines));
      }),
      runs(20),
    );
  });

  it('reads a random log in any envelope in any other', async () => {
    const stack = fc
      .tuple(RANDOM_LOG, fc.constantFrom(...inner), fc.constantFrom(...anonymous))
      .filter(
        ([log, first, second]) => second.id !== 'one-line' || !(first.needsLines === true || log.hasFurtherLines),
      );
    await fc.assert(
      fc.asyncProperty(stack, ([log, first, second]) => expectSame(log, second.wrap(first.wrap(log.lines)))),
      runs(20),
    );
  });
});

async function expectSame({ kind, lines }: RandomLog, wrapped: readonly string[]): Promise<void> {
  const result = await readLines(wrapped);
  expect(result.files.map((file) => file.kind)).toEqual([kind]);
  expect(told(result)).toEqual(told(await readLines(lines)));
}

describe('a log in another encoding', () => {
  const utf16 = (text: string, swapped: boolean): Buffer => {
    const bytes = Buffer.from(text, 'utf16le');
    return swapped ? bytes.swap16() : bytes;
  };
  it.each<[string, (text: string) => Uint8Array]>([
    ['carriage returns', (text) => Buffer.from(text.replaceAll('\n', '\r\n'))],
    ['a byte order mark', (text) => Buffer.from(`\ufeff${text}`)],
    ['UTF-16LE', (text) => utf16(`\ufeff${text}`, false)],
    ['UTF-16BE', (text) => utf16(`\ufeff${text}`, true)],
    ['UTF-16LE with carriage returns', (text) => utf16(`\ufeff${text.replaceAll('\n', '\r\n')}`, false)],
    ['UTF-16LE without a byte order mark', (text) => utf16(text, false)],
    ['UTF-16BE without a byte order mark', (text) => utf16(text, true)],
  ])('is read: %s', async (_, encode) => {
    await fc.assert(
      fc.asyncProperty(RANDOM_LOG, async ({ lines }) => {
        const text = Buffer.from(`${lines.join('\n')}\n`, 'latin1').toString('utf8');
        const encoded = await read([folder.add('Plex Media Server.log', encode(text))]);
        expect(told(encoded)).toEqual(told(await readLines(lines)));
      }),
      runs(4),
    );
  });
});
