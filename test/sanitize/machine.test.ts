import { describe, expect, it } from 'vitest';
import { judge } from '../../src/app/judge.ts';
import { failed, ok, type Evidence } from '../../src/core/model/evidence.ts';
import { DEFAULT_OPTIONS } from '../../src/report/blocks/options.ts';
import { FORMATS } from '../../src/report/index.ts';
import { sanitizeEvidence, sanitizeReport } from '../../src/sanitize/documents.ts';
import { NO_LOCAL_NAMES, seedsFrom } from '../../src/sanitize/seeds-of-evidence.ts';
import { withStandIns } from '../../src/sanitize/stand-ins.ts';
import { evidenceFixture } from '../support/fixtures/evidence.ts';
import { PROXY, source } from '../support/fixtures/facts.ts';
import { directFlow, question, traffic, watcher } from '../support/fixtures/traffic.ts';

/** A machine's own names of programs, units, containers, folders and files: all of them begin with `zq`, but for the id. */
const CONTAINER_ID = 'ab12'.repeat(16);
const CANARIES = /zq|ab12ab12/i;

const BASE = evidenceFixture({
  used: 'unit:zqjane-plex.service',
  otherSources: [
    source('pid:931', 'child', {}, { process: 'zqsync', pid: 931 }),
    source('pid:932', 'child', {}, { process: 'Plex Acme ZQ Watcher', pid: 932 }),
    source('container:zqplex', 'container', { https_proxy: PROXY }),
    source('file:/home/zqjane/zqproject/zqproxy.env', 'file', { https_proxy: PROXY }),
  ],
  pms: {
    unit: 'zqjane-plex.service',
    container: CONTAINER_ID.slice(0, 12),
    exe: '/srv/zqmedia/plexmediaserver/Plex Media Server',
    processes: [
      { pid: 812, ppid: 1, name: 'Plex Media Server' },
      { pid: 931, ppid: 812, name: 'zqsync' },
    ],
    libcurl: ok({ version: '8.4.0', file: '/srv/zqmedia/plexmediaserver/lib/libcurl.so.4' }),
    caBundle: failed('ENOENT', '/srv/zqmedia/plexmediaserver/lib/libcurl.so.4 has no bundle beside it'),
  },
  traffic: traffic(
    [
      directFlow('plex.tv', { process: 'zqsync' }),
      directFlow('plex.tv', { process: 'Plex Media Server', pid: 812 }),
      directFlow('metadata.provider.plex.tv', { process: 'Plex Acme ZQ Watcher', pid: 932 }),
    ],
    {
      questions: [question('plex.tv', { process: 'zqsync' })],
      watchers: [
        watcher('socket', {
          live: true,
          source: 'sockets of 3 processes, every 100 ms',
          problems: ['zqsync ended early'],
        }),
      ],
    },
  ),
});
const { settings } = BASE.items;
if (settings.state !== 'ok') throw new Error('the fixture has settings');
const EVIDENCE: Evidence = {
  ...BASE,
  items: {
    ...BASE.items,
    settings: ok({
      ...settings.value,
      why: 'zqjane-plex.service declares it; container zqplex and /home/zqjane/zqproject/zqproxy.env were not asked.',
      sources: settings.value.sources.map((each) =>
        each.variables.state === 'ok'
          ? {
              ...each,
              variables: ok(
                each.variables.value.map((variable, i) => ({
                  ...variable,
                  from:
                    [
                      '/etc/systemd/system/zqjane-plex.service.d/zqproxy.conf:2 (PassEnvironment, /srv/zqmedia/env:1)',
                      `/var/lib/docker/containers/${CONTAINER_ID}/config.v2.json`,
                      String.raw`C:\Users\zqjane\zqproject\zqproxy.env:3`,
                    ][i] ?? variable.from,
                })),
              ),
            }
          : each,
      ),
    }),
  },
};

const SEEDS = seedsFrom(EVIDENCE, NO_LOCAL_NAMES);
const SAVED = sanitizeEvidence(EVIDENCE, SEEDS).document;
const SHOWN = sanitizeReport(judge(EVIDENCE, null), SEEDS).document;

describe('what a machine calls its programs, units, containers and files', () => {
  it('is planted where it gets into a report', () => {
    const raw = JSON.stringify(judge(EVIDENCE, null));
    for (const name of ['zqsync', 'zqjane-plex.service', 'ZQ Watcher', 'zqproxy.conf', CONTAINER_ID.slice(0, 12)])
      expect(raw).toContain(name);
  });
  it('is not in saved evidence', () => {
    expect(
      JSON.stringify(SAVED, null, 1)
        .split('\n')
        .filter((line) => CANARIES.test(line)),
    ).toEqual([]);
  });
  it.each(Object.entries(FORMATS))('is not in a report as %s', (_, { render }) => {
    const text = render(SHOWN, { ...DEFAULT_OPTIONS, width: 400, verbose: true });
    expect(text.split('\n').filter((line) => CANARIES.test(line))).toEqual([]);
  });

  it('stays apart from other names, and the same wherever it stands', () => {
    const { pms, traffic: seen } = SAVED.items;
    expect(pms).toMatchObject({
      value: {
        unit: '<unit-1>.service',
        container: '<container-1>',
        exe: '/srv/<folder-1>/plexmediaserver/Plex Media Server',
        processes: [{ name: 'Plex Media Server' }, { name: '<program-1>' }],
        libcurl: { value: { file: '/srv/<folder-1>/plexmediaserver/lib/libcurl.so.4' } },
        caBundle: { reason: { message: '/srv/<folder-1>/plexmediaserver/lib/libcurl.so.4 has no bundle beside it' } },
      },
    });
    expect(SAVED.items.settings).toMatchObject({
      value: {
        used: 'unit:<unit-1>.service',
        why: expect.stringMatching(/^<unit-1>\.service declares it; container <container-2> and \/home\/<user-1>\//),
        sources: [
          { id: 'unit:<unit-1>.service' },
          { process: '<program-1>' },
          { process: '<program-2>' },
          { id: 'container:<container-2>' },
          { id: expect.stringMatching(/^file:\/home\/<user-1>\/<folder-\d>\/<file-\d>\.env$/) },
        ],
      },
    });
    expect(seen).toMatchObject({
      value: {
        flows: [{ process: '<program-1>' }, { process: 'Plex Media Server' }, { process: '<program-2>' }],
        questions: [{ process: '<program-1>' }],
        watchers: [{ problems: ['<program-1> ended early'] }],
      },
    });
  });

  it('does not change the second time', () => {
    expect(sanitizeEvidence(SAVED, seedsFrom(SAVED, NO_LOCAL_NAMES))).toEqual({ document: SAVED, removed: {} });
    expect(sanitizeReport(SHOWN, SEEDS)).toEqual({ document: SHOWN, removed: {} });
  });

  it('does not matter for the judgement', () => {
    const loaded = withStandIns(SAVED);
    const again = sanitizeReport(judge(loaded, null), seedsFrom(loaded, NO_LOCAL_NAMES)).document;
    expect({ ...again, sanitizer: null }).toEqual({ ...SHOWN, sanitizer: null });
  });
});
