import { describe, expect, it } from 'vitest';
import { ENVELOPES, PASTES } from '../../../src/parse/envelope/index.ts';

const ALL = [...PASTES, ...ENVELOPES];

/** The first envelope that is sure of a line. */
function envelopeOf(line: string): readonly unknown[] {
  for (const { id, open, applies, isWeak } of ENVELOPES) {
    if (isWeak || applies !== undefined) continue;
    const record = open()(line);
    if (record !== null && record !== 'more') return [id, record.source, record.text];
  }
  return [];
}

describe('ENVELOPES', () => {
  it('has each once, and a name for each', () => {
    const ids = ALL.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ALL.filter(({ name }) => name === '')).toEqual([]);
  });

  it.each<[string, string, string | null, string]>([
    ['Nov 30 20:10:40 fw squid[12]: text', 'syslog', 'squid', 'text'],
    ['Nov 30 20:10:40 fw squid: text: more', 'syslog', 'squid', 'text: more'],
    ['Nov 30 20:10:40 2001:db8::1 squid: text', 'syslog', 'squid', 'text'],
    ['Nov 30 20:10:40 (squid-1)[12]: WARNING: text', 'syslog', '(squid-1)', 'WARNING: text'],
    ['<30>Nov  3 2026 20:10:40.123 fw dockerd[1]: ', 'syslog', 'dockerd', ''],
    ['2026-11-30T20:10:40+01:00 fw kernel: [ 1.2] text', 'syslog-iso', 'kernel', '[ 1.2] text'],
    ['<13>1 - - app - - - text', 'syslog-5424', 'app', 'text'],
    ['<13>1 2026-11-30T20:10:40Z h app 1 ID [a b="]"][c d="\\]"] text', 'syslog-5424', 'app', 'text'],
    ['Nov 30 20:10:40\t(squid-1)\t812\ttext', 'firewall-page', '(squid-1)', 'text'],
    ['1796070149.003123 host Plex Media Serv[812]: text', 'journal', 'Plex Media Serv', 'text'],
    ['[  123.456789] host plex[1]: text', 'journal', 'plex', 'text'],
    ['{"MESSAGE":[104,105,226,130,172],"_BOOT_ID":"3","_COMM":"plex"}', 'journal-json', 'plex', 'hi\u00e2\u0082\u00ac'],
    ['2026-11-30T20:10:40.1Z stdout F text', 'cri', null, 'text'],
    ['[pod/plex-0/plex] text', 'kubectl-prefix', 'plex', 'text'],
    ['@4000000065678abc0123456f text', 's6', null, 'text'],
    ['{"log":"text\\n","stream":"stderr","kubernetes":{"container_name":"plex"}}', 'docker-json', 'plex', 'text'],
    ['{"version":"1.1","short_message":"te","full_message":"text","_container_name":"plex"}', 'gelf', 'plex', 'text'],
    ['2026-11-30T20:10:40Z text', 'timestamps', null, 'text'],
    ['2026-11-30T20:10:40.123456789+01:00 fw squid[1]', 'timestamps', null, 'fw squid[1]'],
  ])('%j', (line, id, source, text) => {
    expect(envelopeOf(line)).toEqual([id, source, text]);
  });

  it.each([
    '1795359600.000    240 10.0.0.2 TCP_TUNNEL/200 5120 CONNECT plex.tv:443 - HIER_DIRECT/198.51.100.7 -',
    'Nov 22, 2026 14:03:01.123 [0x7f1] INFO - Plex Media Server v1.40.0',
    '2026-11-22 09:00:00,000 (7f33) :  INFO (core:1) - hello',
    'CONNECT   Nov 22 14:03:01.123 [812]: Connect (file descriptor 5): 10.0.0.2',
    '10.0.0.2 - - [22/Nov/2026:14:03:01 +0000] "CONNECT plex.tv:443 HTTP/1.1" 200 0',
    '[2026-11-30T20:10:40.310Z] "CONNECT - HTTP/1.1" 200 - 0 11 12 - "-" "-" "x" "plex.tv:443" "-"',
    '{"level":"info","msg":"CANONICAL-PROXY-DECISION","allow":true}',
    '2026/11/22 14:03:01 kid1| Accepting HTTP Socket connections',
    'http_port 3128',
    'Dear diary, 2026-11-30T20:10:40Z was a good day',
  ])('takes %j for none', (line) => {
    expect(envelopeOf(line)).toEqual([]);
  });
});

describe('tables', () => {
  const strip = (lines: readonly string[]): unknown[] => {
    const csv = ENVELOPES.find(({ id }) => id === 'csv');
    const take = csv?.open();
    return lines.map((line) => {
      const record = take?.(line);
      return record === null || record === undefined || record === 'more' ? record : [record.source, record.text];
    });
  };

  it('finds the column of the line, whatever delimits it', () => {
    expect(strip(['timestamp;program;message', '1;squid;"a;""b"""', '1;squid', 'x'])).toEqual([
      [null, null],
      ['squid', 'a;"b"'],
      null,
      null,
    ]);
  });

  it('waits for the end of a record with lines of its own', () => {
    expect(strip(['"timestamp","message"', '"1","first', '"1","first\nsecond"'])).toEqual([
      [null, null],
      'more',
      [null, 'first\nsecond'],
    ]);
  });

  it('needs a header', () => {
    expect(strip(['"1","text"'])).toEqual([null]);
  });
});
