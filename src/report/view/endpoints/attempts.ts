import { OUTCOME } from '../../../core/model/outcome.ts';
import type { Attempt, EndpointResult, Report } from '../../../core/model/report.ts';
import {
  list,
  section,
  text,
  value,
  values,
  type Item,
  type Section,
  type Text,
  type ViewOptions,
} from '../../blocks/blocks.ts';
import { hostAndPort, isAllSeen, listedEndpoints, seenCounts } from './endpoints.ts';
import { duration } from '../../blocks/times.ts';

/** --verbose: every attempt, and the observed traffic of each endpoint. */
export function attempts(report: Report, { verbose }: ViewOptions): readonly Section[] {
  if (!verbose) return [];
  return section({
    title: isAllSeen(report) ? 'Every endpoint' : 'Every attempt',
    place: 'folded',
    blocks: list(listedEndpoints(report).map(endpointItem)),
  });
}

function endpointItem(endpoint: EndpointResult): Item {
  const { direct, proxy } = endpoint;
  const seen = seenCounts(endpoint);
  return {
    text: [value(hostAndPort(endpoint))],
    more: [
      ...direct.attempts.map((attempt) => text`direct: ${attemptText(attempt)}`),
      ...(proxy?.attempts ?? []).map((attempt) => text`proxy: ${attemptText(attempt)}`),
      ...settingsText(endpoint),
      ...(seen === null ? [] : [`seen: ${seen}`]),
    ],
  };
}

function attemptText({ family, address, outcome, code, stages, tls }: Attempt): Text {
  const { words } = OUTCOME[outcome];
  return [
    ...(family === null ? [] : [`IPv${family} `]),
    ...(address === null ? [] : [value(address), ' ']),
    ...(code === null ? [words] : [`${words} (`, value(code), ')']),
    ...stages.map(
      ({ stage, ms, ok, detail }) =>
        ` · ${stage} ${ok ? '' : 'failed '}${duration(ms)}${detail === null ? '' : ` (${detail})`}`,
    ),
    ...(tls === null ? [] : [` · ${tls.version} ${tls.trusted ? '' : 'UNTRUSTED '}issued by `, value(tls.issuer)]),
  ];
}

const WAY_WORDS = { direct: 'direct for', refused: 'refused by', proxy: 'the proxy for' } as const;

/** The ways of the clients, where they differ; the last group is not spelled out. */
function settingsText({ configured }: EndpointResult): readonly Text[] {
  const groups = (['direct', 'refused', 'proxy'] as const)
    .map((way) => ({ way, ids: Object.keys(configured).filter((id) => configured[id] === way) }))
    .filter(({ ids }) => ids.length > 0);
  const rest = groups.at(-1);
  if (groups.length < 2 || rest === undefined) return [];
  const spelled = groups.slice(0, -1).flatMap(({ way, ids }) => text`${WAY_WORDS[way]} ${values(ids)}; `);
  return [text`settings: ${spelled}${WAY_WORDS[rest.way]} the other clients`];
}
