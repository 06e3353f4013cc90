import { appendFileSync, rmSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { afterAll, describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../../src/catalog/index.ts';
import type { Traffic } from '../../../src/core/model/traffic.ts';
import { followFile, followPipe, type ProxyLog } from '../../../src/gather/experiment/proxy-log.ts';
import { LogFolder, squidLine } from '../../support/logs/log-files.ts';

const folder = new LogFolder();
afterAll(() => folder.remove());

const PMS = '10.0.0.2';
const OTHER = '10.0.0.9';
const tunnel = (client: string, host: string): string =>
  squidLine(client, 'TCP_TUNNEL/200', 'CONNECT', `${host}:443`, Date.now());

function read(log: ProxyLog, clients: readonly string[] = [PMS]): Promise<Traffic> {
  return log.read({ surroundings: { proxies: new Set(), endpoints: CATALOGUE }, clients });
}

let files = 0;
async function addedTo(before: string, added: string, clients?: readonly string[]): Promise<Traffic> {
  const path = folder.add(`${++files}/access.log`, before);
  const log = await followFile(path);
  if ('code' in log) throw new Error(log.code);
  appendFileSync(path, added);
  return read(log, clients);
}

const hostsOf = ({ flows }: Traffic): readonly (string | undefined)[] => flows.map(({ names }) => names[0]?.name);

describe('a file that is followed', () => {
  it('only what was added counts, and it was watched from the mark on', async () => {
    const before = new Date().toISOString();
    const traffic = await addedTo(tunnel(PMS, 'metadata.provider.plex.tv'), tunnel(PMS, 'plex.tv'));
    expect(hostsOf(traffic)).toEqual(['plex.tv']);
    expect(traffic.flows).toMatchObject([{ route: 'proxy', outcome: 'ok', count: 1, seenBy: ['access-log'] }]);
    const [watcher] = traffic.watchers;
    expect(watcher).toMatchObject({ kind: 'access-log', shows: ['proxy'], problems: [] });
    expect((watcher?.from ?? '') >= before && (watcher?.to ?? '') >= (watcher?.from ?? '')).toBe(true);
  });

  it('what other clients ask for is not of PMS', async () => {
    const lines = tunnel(OTHER, 'metadata.provider.plex.tv') + tunnel(PMS, 'plex.tv') + tunnel(OTHER, 'plex.tv');
    expect(hostsOf(await addedTo('', lines))).toEqual(['plex.tv']);
  });

  it('where the proxy knows PMS by another address, the only client that asks for Plex is taken', async () => {
    const lines = tunnel('172.17.0.1', 'plex.tv') + tunnel(OTHER, 'example.com');
    expect(hostsOf(await addedTo('', lines))).toEqual(['plex.tv']);
  });

  it('lines that a container or syslog passes on', async () => {
    const lines = `squid-1  | ${tunnel(PMS, 'plex.tv')}plex-1  | hello\n`;
    expect(hostsOf(await addedTo('', lines))).toEqual(['plex.tv']);
  });

  it("tinyproxy's", async () => {
    const lines = [
      'CONNECT   Nov 22 20:07:47.140 [812]: Connect (file descriptor 7): 10.0.0.2',
      'CONNECT   Nov 22 20:07:47.141 [812]: Request (file descriptor 7): CONNECT plex.tv:443 HTTP/1.1',
      'CONNECT   Nov 22 20:07:47.142 [812]: Established connection to host "plex.tv" using file descriptor 8.',
    ];
    expect(hostsOf(await addedTo('', `${lines.join('\n')}\n`))).toEqual(['plex.tv']);
  });

  it.each<[string, string, RegExp]>([
    ['nothing was added', '', /nothing was added/],
    ['what was added is no log', 'Dear diary,\ntoday it rained.\n', /no access log/],
    ['what was added is binary', '\u0000\u0001\u0002'.repeat(100), /no access log/],
  ])('%s: it shows nothing, and that is said', async (_, added, problem) => {
    const traffic = await addedTo(tunnel(PMS, 'plex.tv'), added);
    expect(traffic.flows).toEqual([]);
    expect(traffic.watchers).toMatchObject([{ kind: 'access-log', shows: [] }]);
    expect(traffic.watchers[0]?.problems.join()).toMatch(problem);
  });

  it('one that is taken away shows nothing', async () => {
    const path = folder.add('taken/access.log', '');
    const log = await followFile(path);
    if ('code' in log) throw new Error(log.code);
    rmSync(path);
    expect((await read(log)).watchers).toMatchObject([{ shows: [], problems: [expect.stringMatching(/any more/)] }]);
  });

  it.each([
    ['is not there', () => `${folder.path}/nowhere`, 'ENOENT'],
    ['is a folder', () => folder.path, 'NOT_A_FILE'],
  ])('one that %s is refused at once', async (_, path, code) => {
    expect(await followFile(path())).toEqual({ code });
  });
});

describe('a pipe that is followed', () => {
  it('what it brought counts, also when its writer lives on', async () => {
    const pipe = new PassThrough();
    const log = followPipe(pipe);
    pipe.write(tunnel(PMS, 'plex.tv').slice(0, 40));
    pipe.write(tunnel(PMS, 'plex.tv').slice(40));
    const traffic = await read(log);
    expect(hostsOf(traffic)).toEqual(['plex.tv']);
    expect(traffic.watchers).toMatchObject([{ source: 'standard input', shows: ['proxy'] }]);
    expect(pipe.destroyed).toBe(true);
  });

  it('one that breaks off keeps what it brought', async () => {
    const pipe = new PassThrough();
    const log = followPipe(pipe);
    pipe.write(tunnel(PMS, 'plex.tv'));
    pipe.destroy(new Error('EPIPE'));
    expect(hostsOf(await read(log))).toEqual(['plex.tv']);
  });

  it('is read up to a bound, and that is said', async () => {
    const pipe = new PassThrough();
    const line = tunnel(PMS, 'plex.tv');
    const log = followPipe(pipe, line.length + 1);
    pipe.write(line);
    pipe.write(tunnel(PMS, 'metadata.provider.plex.tv'));
    const traffic = await read(log);
    expect(hostsOf(traffic)).toEqual(['plex.tv']);
    expect(traffic.watchers[0]?.problems).toEqual([`of what came only the first ${line.length} bytes were read`]);
  });

  it('is let go of unread', () => {
    const pipe = new PassThrough();
    followPipe(pipe).close();
    expect(pipe.destroyed).toBe(true);
  });
});
