import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { valueOf } from '../../../src/core/model/evidence.ts';
import { toPseudonyms } from '../../../src/core/values/stand-ins.ts';
import { CANARIES } from '../../support/canaries.ts';
import { formsOf } from '../../support/encodings.ts';
import { runs } from '../../support/fuzz.ts';
import { LogFolder, read } from '../../support/logs/log-files.ts';
import { RANDOM_LOG } from '../../support/logs/random-logs.ts';
import { zip } from '../../support/logs/zip-builder.ts';
import { runHere } from '../../support/system/in-process.ts';

const folder = new LogFolder();
afterAll(() => folder.remove());
let runsMade = 0;
const newFolder = (): string => join(folder.path, `out-${(runsMade += 1)}`);

const LOG =
  'Nov 22, 2026 14:03:09.120 [0x7f82b01aa8] DEBUG - Request: [10.77.3.9:52344 (Subnet)] GET /identity (2 live) Signed-in Token (zqjane) (Zq Room)\n';
const SQUID = (client: string, host: string): string =>
  `1764770591.123 90 ${client} TCP_TUNNEL/200 39 CONNECT ${host}:443 - HIER_DIRECT/93.184.216.34 -\n`;

describe('sanitize', () => {
  it('gives one value one name in all files, and keeps how they are packed', async () => {
    const out = newFolder();
    const files = [
      folder.add('Plex Media Server.log', LOG),
      folder.add('access.log.gz', gzipSync(SQUID('10.77.3.9', 'zq.example'))),
      folder.add('logs.zip', zip([{ name: 'Plex Media Scanner.log', data: LOG }])),
    ];
    const ran = await runHere(['sanitize', ...files, '-o', out]);
    expect(ran).toMatchObject({ code: 0, stdout: '' });
    expect(readFileSync(join(out, 'Plex Media Server.log'), 'utf8')).toContain(
      '[<lan-ip-1>:52344 (Subnet)] GET /identity (2 live) Signed-in Token (<user-1>) (<title-1>)',
    );
    expect(gunzipSync(readFileSync(join(out, 'access.log.gz'))).toString()).toBe(
      SQUID('<lan-ip-1>', '<domain-1>').replace('93.184.216.34', '<public-ip-1>'),
    );
    expect(statSync(join(out, 'Plex Media Server.log')).mode & 0o777).toBe(0o600);
    const again = await read([join(out, 'logs.zip')]);
    expect(again.files.map(({ kind, state }) => [kind, state])).toContainEqual(['pms-log', 'read']);
  });

  it('keeps the names of a map over runs, and reveals them', async () => {
    const map = join(folder.path, 'map.json');
    const first = folder.add('first.log', SQUID('10.77.3.9', 'zq.example'));
    const second = folder.add('second.log', SQUID('10.77.3.10', 'other.example') + SQUID('10.77.3.9', 'zq.example'));
    await runHere(['sanitize', first, '--map', map, '-o', newFolder()]);
    const ran = await runHere(['sanitize', second, '--map', map]);
    expect(ran.stdout).toBe(
      (SQUID('<lan-ip-2>', '<domain-2>') + SQUID('<lan-ip-1>', '<domain-1>')).replaceAll(
        '93.184.216.34',
        '<public-ip-1>',
      ),
    );
    expect(statSync(map).mode & 0o777).toBe(0o600);
    const back = await runHere(['sanitize', '--reveal', map, folder.add('safe.log', ran.stdout)]);
    expect(back.stdout).toBe(readFileSync(second, 'utf8'));
  });

  it('--check names the lines, and finds nothing in what was sanitized', async () => {
    const log = folder.add('check.log', `nothing\n${LOG}`);
    const found = await runHere(['sanitize', '--check', log]);
    expect(found).toMatchObject({ code: 1, stdout: 'check.log:2: title 1, user 1, lan-ip 1\n' });
    const { stdout } = await runHere(['sanitize', log]);
    expect(await runHere(['sanitize', '--check', folder.add('clean.log', stdout)])).toMatchObject({ code: 0 });
  });

  it('--client drops the lines of other machines, from the logs of proxies only', async () => {
    const log = folder.add('access.log', SQUID('10.77.3.9', 'plex.tv') + SQUID('10.77.3.90', 'plex.tv'));
    const ran = await runHere(['sanitize', log, '--client', '10.77.3.9']);
    expect(ran.stdout.split('\n')).toHaveLength(2);
    expect((await runHere(['sanitize', folder.add('pms.log', LOG), '--client', '10.1.1.1'])).stdout).toContain(
      'GET /identity',
    );
  });

  it('--hide and --keep', async () => {
    const log = folder.add('words.log', 'zebra at keep.example and lose.example\n');
    expect((await runHere(['sanitize', log, '--hide', 'zebra', '--keep', 'keep.example'])).stdout).toBe(
      '<name-1> at keep.example and <domain-1>\n',
    );
  });

  it('a bad file is one line, and the others are written', async () => {
    const out = newFolder();
    const capture = folder.add('x.pcap', Buffer.from('d4c3b2a1020004000000000000000000ffff000001000000', 'hex'));
    const ran = await runHere([
      'sanitize',
      capture,
      join(folder.path, 'missing.log'),
      folder.add('good.log', LOG),
      '-o',
      out,
    ]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(
      /^file 1 of 3, .*packets cannot be made safe.*\nfile 2 of 3, .*no such file\n[^\n]*1 line[^\n]*\n$/,
    );
    expect(existsSync(join(out, 'x.pcap'))).toBe(false);
  });

  it('never writes over an input', async () => {
    const log = folder.add('same/access.log', SQUID('10.77.3.9', 'zq.example'));
    const before = readFileSync(log, 'utf8');
    const ran = await runHere(['sanitize', log, '-o', join(folder.path, 'same')]);
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining('choose another folder') });
    expect(readFileSync(log, 'utf8')).toBe(before);
  });

  it.each([
    [['sanitize'], /give at least one file/],
    [['sanitize', '/dev/null', '/etc/hostname'], /add -o DIR/],
    [['sanitize', '/dev/null', '--reveal', '/nonexistent.json'], /--reveal/],
  ])('%j is wrong usage', async (args, says) => {
    const ran = await runHere(args);
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toMatch(says);
  });

  it('no planted value is in any output', async () => {
    const out = newFolder();
    mkdirSync(out);
    const log = folder.add('planted.log', CANARIES.map(({ line }) => `${line}\n`).join(''));
    const ran = await runHere(['sanitize', log, '-o', out]);
    const outputs = [readFileSync(join(out, 'file-1.log'), 'utf8'), ran.stderr]
      .flatMap((text) => text.split('\n'))
      .flatMap(formsOf);
    expect(
      CANARIES.map(({ value }) => value.toLowerCase()).filter((value) => outputs.some((line) => line.includes(value))),
    ).toEqual([]);
  });
});

describe('a sanitized log', () => {
  it('is read like the log itself', async () => {
    await fc.assert(
      fc.asyncProperty(RANDOM_LOG, async ({ lines }) => {
        const log = folder.add('random.log', `${lines.join('\n')}\n`);
        const { stdout } = await runHere(['sanitize', log]);
        const [before, after] = [await read([log]), await read([folder.add('random-safe.log', stdout)])];
        const shape = ({ pmsLog, traffic }: typeof before): unknown => ({
          requests: valueOf(pmsLog)?.requests.map(({ port, method, status, curl, outcome, route, count, firstAt }) => ({
            port,
            method,
            status,
            curl,
            outcome,
            route,
            count,
            firstAt,
          })),
          states: valueOf(pmsLog)?.states.map(({ kind, at }) => ({ kind, at })),
          scans: valueOf(pmsLog)?.scans,
          starts: valueOf(pmsLog)?.starts,
          flows: valueOf(traffic)?.flows.map(({ outcome, code, status, count, targetPort, firstAt, route }) => ({
            outcome,
            code,
            status,
            count,
            targetPort,
            firstAt,
            route,
          })),
          plex: valueOf(traffic)?.flows.map(({ names }) => names.some(({ name }) => name === 'plex.tv')),
        });
        expect(shape(after)).toEqual(shape(before));
        expect(toPseudonyms(JSON.stringify(after))).not.toMatch(/10\.0\.0\.2/);
      }),
      runs(13),
    );
  });
});
