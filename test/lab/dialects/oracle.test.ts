import { expect, it } from 'vitest';
import { generateCases, proxyValueCases } from './cases.ts';
import { CLIENTS, type Client, clientsHere, compare, whyNoSealedNetwork } from './oracle.ts';

/** PMS_DOCTOR_SEED gives other cases than every run's, PMS_DOCTOR_DIALECT_CASES more of them. */
const SEED = Number(process.env['PMS_DOCTOR_SEED'] ?? 1);
const COUNT = Number(process.env['PMS_DOCTOR_DIALECT_CASES'] ?? 2_000);
const CASES = [...proxyValueCases(), ...generateCases(COUNT, SEED)];
/** Node reads the variables once a process, at 0.1 s each. */
const NODE_HTTP_CASES = CASES.slice(0, 300);

/** In CI, a client that is missing is a failure; few machines have a second Node, a second Python or Go. */
const OPTIONAL = new Set<Client>(['node-http', 'system-requests', 'go']);
const isRequired = process.env['PMS_DOCTOR_LAB'] === 'required';

const why = whyNoSealedNetwork();
const missing = why === null ? clientsHere().missing : new Map<string, string>();

it.for(CLIENTS)('%s goes the way its dialect says, seed ' + SEED, { timeout: 1_200_000 }, async (client, { skip }) => {
  const reason = why ?? missing.get(client);
  if (reason !== undefined) {
    if (isRequired && !OPTIONAL.has(client)) throw new Error(reason);
    console.log(`skipped: ${client}: ${reason}`);
    skip(reason);
  }
  expect(await compare(client === 'node-http' ? NODE_HTTP_CASES : CASES, [client])).toEqual([]);
});
