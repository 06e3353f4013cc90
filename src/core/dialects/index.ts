import { mapValues } from '../values/map-values.ts';
import { CURL, CURL_7_85, CURL_7_86, CURL_7_87, CURL_8_18, CURL_8_9 } from './curl.ts';
import type { Decision, Dialect, Target } from './dialect.ts';
import type { Variables } from '../values/variables.ts';
import { GO, GO_1_26 } from './go.ts';
import { JAVA } from './java.ts';
import { NODE_FETCH, NODE_HTTP } from './node.ts';
import { PYTHON_REQUESTS, PYTHON_REQUESTS_2_33, PYTHON_URLLIB } from './python.ts';
import { WGET } from './wget.ts';

/** Every dialect there is: a new one is its file and its row here. */
export const DIALECTS = {
  [CURL.id]: CURL,
  [CURL_7_85.id]: CURL_7_85,
  [CURL_7_86.id]: CURL_7_86,
  [CURL_7_87.id]: CURL_7_87,
  [CURL_8_9.id]: CURL_8_9,
  [CURL_8_18.id]: CURL_8_18,
  [PYTHON_URLLIB.id]: PYTHON_URLLIB,
  [PYTHON_REQUESTS.id]: PYTHON_REQUESTS,
  [PYTHON_REQUESTS_2_33.id]: PYTHON_REQUESTS_2_33,
  [GO.id]: GO,
  [GO_1_26.id]: GO_1_26,
  [NODE_FETCH.id]: NODE_FETCH,
  [NODE_HTTP.id]: NODE_HTTP,
  [WGET.id]: WGET,
  [JAVA.id]: JAVA,
} satisfies Readonly<Record<string, Dialect>>;

export type DialectId = keyof typeof DIALECTS;
export const DIALECT_IDS: readonly DialectId[] = Object.keys(DIALECTS).filter(isDialectId);

export function isDialectId(id: string): id is DialectId {
  return Object.hasOwn(DIALECTS, id);
}

/** Every client's decision for the same variables and target. */
export function decideAll(variables: Variables, target: Target): Readonly<Record<DialectId, Decision>> {
  return mapValues(DIALECTS, (dialect) => dialect.decide(variables, target));
}
