import { expect, it } from 'vitest';
import { Deadline } from '../../../../src/core/values/deadline.ts';
import { firstAnswering } from '../../../../src/gather/pms/api/answering.ts';
import type { Called } from '../../../../src/gather/pms/api/client.ts';
import type { TroubleCode } from '../../../../src/core/model/reason.ts';

/** A way to ask that answers in turn; the last answer stays. */
function way(name: string, ...answers: readonly (TroubleCode | 'ok')[]) {
  let asked = 0;
  return {
    name,
    identity: (): Promise<Called<null>> => {
      const code = answers[Math.min(asked, answers.length - 1)] ?? 'FAILED';
      asked += 1;
      return Promise.resolve(
        code === 'ok'
          ? { ok: true, status: 200, value: null }
          : { ok: false, status: null, trouble: { call: '/identity', code, message: code } },
      );
    },
  };
}

it.each<[string, readonly ReturnType<typeof way>[], string | null, number]>([
  ['plain HTTP answers', [way('http', 'ok'), way('https', 'ok')], 'http', 0],
  ['secure connections are required', [way('http', 'CUT'), way('https', 'ok')], 'https', 0],
  [
    'it starts, and answers in the end',
    [way('http', 'HTTP_503', 'HTTP_503', 'ok'), way('https', 'TLS_FAILED')],
    'http',
    2,
  ],
  ['it starts by TLS alone', [way('http', 'CUT'), way('https', 'HTTP_503', 'ok')], 'https', 1],
  ['nothing listens', [way('http', 'PMS_NOT_LISTENING'), way('https', 'PMS_NOT_LISTENING')], null, 0],
])('%s', async (_, ways, expected, waits) => {
  let waited = 0;
  const found = await firstAnswering(ways, {
    deadline: Deadline.after(60_000),
    wait: () => {
      waited += 1;
      return Promise.resolve();
    },
  });
  expect({ found: found?.name ?? null, waited }).toEqual({ found: expected, waited: waits });
});

it('does not wait for ever', async () => {
  const found = await firstAnswering([way('http', 'HTTP_503')], {
    deadline: Deadline.after(0),
    wait: () => Promise.resolve(),
  });
  expect(found).toBeNull();
});
