import type { ClientProgram } from './client.ts';
import { METADATA_URL } from './cloud.ts';
import type { PmsStandInConfig } from './config.ts';
import { PmsLog } from './log.ts';
import type { Outgoing } from './outgoing.ts';

/** The command that PMS starts for new music. 8 is the type of artists. */
const ARGUMENTS = '--match --type 8 --log-file-suffix Matcher --files @matcher-files';

export interface MatcherOptions {
  readonly config: () => PmsStandInConfig;
  readonly outgoing: Outgoing;
  readonly program: Omit<ClientProgram, 'shownArguments'>;
  /** PMS's own log; the scanner has one of its own. */
  readonly log: PmsLog;
  readonly matcherLogFile: string;
  /** `http://127.0.0.1:32400` */
  readonly ownUrl: string;
}

/**
 * Runs Plex Media Scanner as PMS does for new music: a child process of its own that asks PMS, then the Metadata provider. Each
 * question is a process, since curl asks one and ends; PMS's log shows one child. Resolves to whether both were answered.
 */
export async function runMatcher(options: MatcherOptions, signal: AbortSignal): Promise<boolean> {
  const { config, outgoing, log, matcherLogFile, ownUrl } = options;
  const { version, matcherCallsBack } = config();
  const program: ClientProgram = {
    ...options.program,
    shownArguments: ARGUMENTS,
    environment: environmentOf(config(), options.program.environment),
  };
  const own = new PmsLog(matcherLogFile);
  own.started('Plex Media Scanner', version);
  log.write('DEBUG', `[JobRunner] Job running: "${program.file}" ${ARGUMENTS}`);
  const ask = (url: string): ReturnType<Outgoing['get']> =>
    outgoing.get(program, url, { log: own, ignoresProxy: config().matcher === 'ignores-proxy', signal });
  const answers = matcherCallsBack ? [await ask(`${ownUrl}/identity`)] : [];
  // PMS answers 200; any other answer to plain HTTP comes from a proxy in between.
  const reachedPms = answers.every(({ status }) => status === 200);
  if (reachedPms) answers.push(await ask(METADATA_URL));
  const last = answers.at(-1);
  const matched = reachedPms && last?.status !== null;
  const exitCode = matched ? 0 : last?.curl || 1;
  const words = matched ? 'success' : 'failure';
  log.write('DEBUG', `Jobs: '${program.file}' exit code for process ${last?.pid ?? 0} is ${exitCode} (${words})`);
  return matched;
}

type Environment = ClientProgram['environment'];

/** The variables that the scanner is started with. */
function environmentOf({ matcher, matcherProxy }: PmsStandInConfig, own: Environment): Environment {
  if (matcher === 'no-environment') return {};
  if (matcher !== 'own-proxy' || matcherProxy === null) return own;
  return { ...own, http_proxy: matcherProxy, https_proxy: matcherProxy };
}
