import cause from '../../src/causes/excluded-by-no-proxy.ts';
import { causeRows, type CauseRow } from '../support/fixtures/cause-rows.ts';
import { PROXY } from '../support/fixtures/facts.ts';
import { directFlow, traffic } from '../support/fixtures/traffic.ts';

const PLEX_TV_EXCLUDED = { https_proxy: PROXY, http_proxy: PROXY, no_proxy: 'localhost,127.0.0.1,::1,plex.tv' };

const ROWS: readonly CauseRow[] = [
  {
    name: 'no_proxy sends a needed endpoint into a blocked direct route',
    options: { variables: PLEX_TV_EXCLUDED },
    state: 'confirmed',
    because: [
      { message: 'excluded', args: { entry: 'plex.tv', host: 'plex.tv' } },
      'direct-failed',
      { message: 'excluded', args: { entry: 'plex.tv', host: 'metadata.provider.plex.tv' } },
      'direct-failed',
    ],
    condition: 'would-occur',
  },
  {
    name: 'the same from a unit file',
    options: { variables: PLEX_TV_EXCLUDED, basis: 'declared' },
    state: 'likely',
    because: [
      { message: 'excluded', args: { entry: 'plex.tv', host: 'plex.tv' } },
      'direct-failed',
      { message: 'excluded', args: { entry: 'plex.tv', host: 'metadata.provider.plex.tv' } },
      'direct-failed',
    ],
  },
  {
    name: 'an exclusion does no harm where direct connections work',
    options: { variables: PLEX_TV_EXCLUDED, direct: 'ok' },
    state: 'not-found',
    because: [
      { message: 'excluded', args: { entry: 'plex.tv', host: 'plex.tv' } },
      'direct-answers',
      { message: 'excluded', args: { entry: 'plex.tv', host: 'metadata.provider.plex.tv' } },
      'direct-answers',
    ],
  },
  {
    name: 'an exclusion without a direct attempt',
    options: { variables: PLEX_TV_EXCLUDED, direct: 'not-run' },
    state: 'possible',
    because: [
      { message: 'excluded', args: { entry: 'plex.tv', host: 'plex.tv' } },
      'direct-not-attempted',
      { message: 'excluded', args: { entry: 'plex.tv', host: 'metadata.provider.plex.tv' } },
      'direct-not-attempted',
    ],
  },
  { name: 'nothing is excluded', options: {}, state: 'ruled-out', because: ['none'] },
  {
    name: 'settings of a shell rule nothing out for PMS',
    options: { basis: 'assumed', pms: { found: false } },
    state: 'unknown',
    because: ['none', 'settings-assumed'],
  },
  {
    name: 'a direct connection that was seen is not blamed on no_proxy',
    options: { traffic: traffic([directFlow('plex.tv')]) },
    state: 'ruled-out',
    because: ['not-these-attempts', 'none', 'other-attempt'],
  },
];

causeRows(cause, ROWS);
