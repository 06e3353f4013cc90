import { CURL, CURL_7_85, CURL_7_86, CURL_7_87, CURL_8_18, CURL_8_9 } from './curl.ts';
import type { Decision, Dialect, DialectId, Target, Variables } from './dialect.ts';
import { GO } from './go.ts';
import { JAVA } from './java.ts';
import { NODE_FETCH, NODE_HTTP } from './node.ts';
import { PYTHON_REQUESTS, PYTHON_URLLIB } from './python.ts';
import { WGET } from './wget.ts';

export { curlDialectFor } from './curl.ts';

export const DIALECTS: Readonly<Record<DialectId, Dialect>> = {
  curl: CURL,
  'curl-7.85': CURL_7_85,
  'curl-7.86': CURL_7_86,
  'curl-7.87': CURL_7_87,
  'curl-8.9': CURL_8_9,
  'curl-8.18': CURL_8_18,
  'python-urllib': PYTHON_URLLIB,
  'python-requests': PYTHON_REQUESTS,
  go: GO,
  'node-fetch': NODE_FETCH,
  'node-http': NODE_HTTP,
  wget: WGET,
  java: JAVA,
};

/** What every client would do with the same variables and target. */
export function decideAll(variables: Variables, target: Target): Readonly<Record<DialectId, Decision>> {
  const of = (id: DialectId): Decision => DIALECTS[id].decide(variables, target);
  return {
    curl: of('curl'),
    'curl-7.85': of('curl-7.85'),
    'curl-7.86': of('curl-7.86'),
    'curl-7.87': of('curl-7.87'),
    'curl-8.9': of('curl-8.9'),
    'curl-8.18': of('curl-8.18'),
    'python-urllib': of('python-urllib'),
    'python-requests': of('python-requests'),
    go: of('go'),
    'node-fetch': of('node-fetch'),
    'node-http': of('node-http'),
    wget: of('wget'),
    java: of('java'),
  };
}
