import { expect, it } from 'vitest';
import type { Scan } from '../../../src/core/model/experiment.ts';
import type { Statement } from '../../../src/core/model/statement.ts';
import { describeScan, SCAN_MESSAGES } from '../../../src/core/words/scans.ts';
import { aScan } from '../../support/fixtures/experiment.ts';

const UNSIGNED = 'Server cannot refresh a music library when not signed in';
const LIBRARY = { library: '1', type: 'artist', agent: 'tv.plex.agents.music', attempt: 1 };

const ROWS: readonly [Partial<Scan>, Statement][] = [
  [
    { end: 'refused', status: 503, body: UNSIGNED },
    {
      message: 'scan-refused',
      args: { ...LIBRARY, status: 503, body: UNSIGNED },
      text: `PMS refused to scan library 1 (artist, tv.plex.agents.music): 503 "${UNSIGNED}"`,
    },
  ],
  [
    { end: 'refused', status: 500, body: null },
    {
      message: 'scan-refused',
      args: { ...LIBRARY, status: 500 },
      text: 'PMS refused to scan library 1 (artist, tv.plex.agents.music): 500',
    },
  ],
  [
    { end: 'finished', attempt: 2 },
    {
      message: 'scan-finished',
      args: { ...LIBRARY, attempt: 2 },
      text: 'PMS finished the scan of library 1 (artist, tv.plex.agents.music) when it was asked again',
    },
  ],
  [
    { end: 'running' },
    {
      message: 'scan-running',
      args: LIBRARY,
      text: 'the scan of library 1 (artist, tv.plex.agents.music) had not ended in time',
    },
  ],
  [
    { end: 'cancelled' },
    {
      message: 'scan-cancelled',
      args: LIBRARY,
      text: 'the scan of library 1 (artist, tv.plex.agents.music) was interrupted',
    },
  ],
  [
    { end: 'unanswered' },
    {
      message: 'scan-unanswered',
      args: LIBRARY,
      text: 'PMS did not answer the request to scan library 1 (artist, tv.plex.agents.music)',
    },
  ],
];

it.each(ROWS)('%o is described', (more, statement) => {
  expect(describeScan(aScan(more))).toEqual(statement);
});

it('has a row for each of its messages', () => {
  const exercised = new Set(ROWS.map(([, { message }]) => message));
  expect(Object.keys(SCAN_MESSAGES).filter((id) => !exercised.has(id))).toEqual([]);
});
