import { spawn } from 'node:child_process';
import { lookup } from 'node:dns';
import { createInterface } from 'node:readline';
import type { ResolverFacts } from '../../../core/model/evidence.ts';
import { familyOf } from '../../../core/values/address.ts';
import type { Deadline } from '../../../core/values/deadline.ts';
import { scopeOf } from '../../../core/values/scope.ts';
import { codeOf } from '../../system/errors.ts';
import { failure, waitFor, type StageResult } from './wait.ts';

export type SystemLookup = NonNullable<ResolverFacts['bySystem']>[number];

/**
 * Asks the C library of this host (getaddrinfo), which knows more ways than hosts file and name servers: nsswitch.conf names them. Names that
 * are not answered in time are left out. Never rejects.
 */
export type AskSystem = (
  hosts: readonly string[],
  deadline: Deadline,
  signal: AbortSignal,
) => Promise<readonly SystemLookup[]>;

/** One line an answer: the name, the error's code or nothing, the addresses. */
const ASK = `for (const host of process.argv.slice(1)) require('dns').lookup(host, { all: true, verbatim: true }, (error, found) =>
  console.log(JSON.stringify([host, error ? error.code : '', ...(found ?? []).map(({ address }) => address)])))`;

/** By a child, because a question cannot be cancelled: its thread would hold up the end of this process until the C library gives up. */
export const askByChild: AskSystem = async (hosts, deadline, signal) => {
  const answers: SystemLookup[] = [];
  if (hosts.length === 0) return answers;
  await waitFor<null>(deadline, signal, LATE, (done) => {
    const child = spawn(process.execPath, ['-e', ASK, ...hosts], { stdio: ['ignore', 'pipe', 'ignore'] });
    createInterface({ input: child.stdout }).on('line', (line) => answers.push(readAnswer(line)));
    child.once('error', (error) => done(failure('unresolved', codeOf(error))));
    child.once('close', () => done(FINISHED));
    return () => child.kill('SIGKILL');
  });
  return answers;
};

/** By this process: only for one that is killed when it has said all. */
export const askHere: AskSystem = async (hosts, deadline, signal) => {
  const answers = await Promise.all(
    hosts.map((host) =>
      waitFor<SystemLookup>(deadline, signal, LATE, (done) => {
        lookup(host, { all: true, verbatim: true }, (error, found) =>
          done({
            ok: true,
            value: answerOf(
              host,
              error?.code ?? null,
              (found ?? []).map(({ address }) => address),
            ),
          }),
        );
        return () => undefined;
      }),
    ),
  );
  return answers.flatMap((answer) => (answer.ok ? [answer.value] : []));
};

const LATE = failure('unresolved', 'ETIMEOUT');
const FINISHED: StageResult<null> = { ok: true, value: null };

function readAnswer(line: string): SystemLookup {
  const [host = '', code = '', ...addresses]: readonly string[] = JSON.parse(line);
  return answerOf(host, code === '' ? null : code, addresses);
}

function answerOf(host: string, code: string | null, addresses: readonly string[]): SystemLookup {
  const usable = [...new Set(addresses)].filter((address) => familyOf(address) !== null);
  return { host, code, addresses: usable.map((address) => ({ address, scope: scopeOf(address) ?? 'reserved' })) };
}
