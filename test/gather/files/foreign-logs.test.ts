import { afterAll, describe, expect, it } from 'vitest';
import { OUTCOME, type Outcome } from '../../../src/core/model/outcome.ts';
import { WRAPPINGS } from '../../support/logs/envelopes.ts';
import { LogFolder, read } from '../../support/logs/log-files.ts';

const folder = new LogFolder();
afterAll(() => folder.remove());

async function noteOf(lines: readonly string[]): Promise<string> {
  const { files } = await read([folder.add('container.txt', `${lines.join('\n')}\n`)]);
  return files.map(({ kind, state, note }) => `${kind} ${state} ${note ?? ''}`).join('\n');
}

const startup = (failure: string): readonly string[] => [
  '[cont-init.d] 10-first-run.sh: executing...',
  'INFO: First run! Initializing configuration files...',
  failure,
  '[cont-init.d] 10-first-run.sh: exited 1.',
];

describe('the start-up output of a container', () => {
  it.each<[string, Outcome]>([
    ['curl: (7) Failed to connect to plex.tv port 443 after 3 ms: Connection refused', 'refused'],
    ['curl: (7) Failed to connect to proxy.example.org port 3128: Connection refused', 'proxy-unreachable'],
    ['curl: (28) Connection timed out after 10001 milliseconds', 'no-reply'],
    ['curl: (35) OpenSSL SSL_connect: Connection reset by peer in connection to plex.tv:443', 'cut'],
    ['curl: (56) Received HTTP code 403 from proxy after CONNECT', 'denied'],
    ['curl: (56) CONNECT tunnel failed, response 407', 'proxy-auth'],
    ['curl: (60) SSL certificate problem: self-signed certificate', 'tls-untrusted'],
  ])('is named with the meaning of its failure: %s', async (failure, outcome) => {
    const note = await noteOf(startup(failure));
    expect(note).toMatch(/^container-startup not-read /);
    expect(note).toContain(failure);
    expect(note).toContain(OUTCOME[outcome].words);
  });

  it.each([
    'curl: (6) Could not resolve host: plex.tv',
    "curl: (6) Couldn't resolve host 'plex.tv'",
    'curl: (28) Resolving timed out after 10000 milliseconds',
    'curl: (5) Could not resolve proxy: proxy.example.org',
  ])('names the DNS of the container: %s', async (failure) => {
    expect(await noteOf(startup(failure))).toContain('the DNS ');
  });

  it.each(WRAPPINGS.filter(({ needsLines, isOutermost }) => needsLines !== true && isOutermost !== true))(
    'is no log in an envelope either: $id',
    async ({ wrap }) => {
      expect(await noteOf(wrap(startup('curl: (6) Could not resolve host: plex.tv')))).toContain('the start-up output');
    },
  );
});
