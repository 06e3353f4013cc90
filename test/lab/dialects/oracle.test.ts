import { expect, it } from 'vitest';
import { generateCases, proxyValueCases } from './cases.ts';
import { CLIENTS, clientsHere, compare, whyNoSealedNetwork } from './oracle.ts';

/** PMS_DOCTOR_SEED gives other cases than every run's. */
const SEED = Number(process.env['PMS_DOCTOR_SEED'] ?? 1);
const CASES = [...proxyValueCases(), ...generateCases(2_000, SEED)];
/** Node reads the variables once a process, at 0.1 s each. */
const NODE_HTTP_CASES = CASES.slice(0, 300);

/** In CI, a client that is missing is a failure; a second Node is the one thing that few machines have. */
const isRequired = process.env['PMS_DOCTOR_LAB'] === 'required';

const why = whyNoSealedNetwork();
const missing = why === null ? clientsHere().missing : new Map<string, string>();

it.for(CLIENTS)('%s goes the way its dialect says, seed ' + SEED, { timeout: 300_000 }, async (client, { skip }) => {
  const reason = why ?? missing.get(client);
  if (reason !== undefined) {
    if (isRequired && client !== 'node-http') throw new Error(reason);
    console.log(`skipped: ${client}: ${reason}`);
    skip(reason);
  }
  expect(await compare(client === 'node-http' ? NODE_HTTP_CASES : CASES, [client])).toEqual([]);
});
