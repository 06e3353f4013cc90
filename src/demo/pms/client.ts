import { spawn } from 'node:child_process';
import { basename } from 'node:path';

/** One request by a client of the stand-in. */
export interface ClientRequest {
  readonly url: string;
  /** Asks for nothing to be sent through a proxy, whatever the variables say. */
  readonly ignoresProxy: boolean;
  readonly connectTimeoutSeconds: number;
  readonly cacert: string | null;
  readonly resolve: readonly string[];
}

/** A program of the stand-in that makes one request. */
export interface ClientProgram {
  /** The program file: a link to curl, or, where there is none, to Node. */
  readonly file: string;
  /** Node's arguments for the request; null for curl. */
  readonly nodeArguments: readonly string[] | null;
  /**
   * Shown as the program's own arguments. curl refuses arguments that it does not know, so these stand in the place of the
   * program's name, in one string; what curl is really told comes on its standard input.
   */
  readonly shownArguments: string;
  readonly environment: Readonly<Record<string, string>>;
}

export interface ClientResult {
  /** Of the answer that came from the host itself, or, to plain HTTP, from a proxy; null when none came. */
  readonly status: number | null;
  /** libcurl's code and its name for it; 0 when an answer came. */
  readonly curl: number;
  readonly name: string;
  /** libcurl's words about this failure. */
  readonly detail: string;
  readonly seconds: number;
  /** Process id of the client, 0 when it could not be started. */
  readonly pid: number;
}

/** An answer that has begun may take this much longer than the connection. */
const ANSWER_SECONDS = 5;

/** Runs a client to its end, which comes in bounded time; it is killed when `signal` aborts. Never rejects. */
export function ask(program: ClientProgram, request: ClientRequest, signal: AbortSignal): Promise<ClientResult> {
  const isCurl = program.nodeArguments === null;
  return new Promise((resolve) => {
    const child = spawn(program.file, isCurl ? ['-q', '--config', '-'] : [...program.nodeArguments], {
      argv0: isCurl ? `${program.file} ${program.shownArguments}`.trim() : program.file,
      env: program.environment,
      stdio: ['pipe', 'pipe', 'pipe'],
      signal,
      killSignal: 'SIGKILL',
    });
    let [written, complaint] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (written += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
    child.stdin.on('error', () => undefined);
    child.stdin.end(isCurl ? curlConfig(request) : JSON.stringify(request));
    child.once('error', (error) => {
      complaint = `${basename(program.file)}: ${error.message}`;
    });
    child.once('close', (code) => {
      const [status = 0, seconds = 0] = written.trim().split(' ').map(Number);
      const curl = code ?? ABORTED;
      const answered = curl === 0 && status > 0;
      resolve({
        status: answered ? status : null,
        curl,
        name: CURL_WORDS.get(curl) ?? `curl code ${curl}`,
        detail: (complaint.split('\n')[0] ?? '').replace(/^curl: \(\d+\) /, ''),
        seconds,
        pid: child.pid ?? 0,
      });
    });
  });
}

/** CURLE_ABORTED_BY_CALLBACK: the code of PMS's libcurl when PMS itself gives a request up. */
const ABORTED = 42;

function curlConfig({ url, ignoresProxy, connectTimeoutSeconds, cacert, resolve }: ClientRequest): string {
  const options: readonly (readonly [string, string])[] = [
    ['url', url],
    ['output', '/dev/null'],
    ['write-out', '%{http_code} %{time_total}'],
    ['user-agent', 'PlexMediaServer-stand-in-of-pms-proxy-doctor'],
    ['connect-timeout', String(connectTimeoutSeconds)],
    ['max-time', String(connectTimeoutSeconds + ANSWER_SECONDS)],
    ...(ignoresProxy ? [['noproxy', '*'] as const] : []),
    ...(cacert === null ? [] : [['cacert', cacert] as const]),
    ...resolve.map((entry) => ['resolve', entry] as const),
  ];
  const lines = options.map(([name, value]) => `${name} = "${value.replace(/["\\]/g, '\\$&')}"`);
  return ['silent', 'show-error', ...lines, ''].join('\n');
}

/** The texts of curl_easy_strerror (curl's lib/strerror.c), which PMS writes behind the code. */
const CURL_WORDS: ReadonlyMap<number, string> = new Map([
  [0, 'No error'],
  [5, "Couldn't resolve proxy name"],
  [6, "Couldn't resolve host name"],
  [7, "Couldn't connect to server"],
  [28, 'Timeout was reached'],
  [35, 'SSL connect error'],
  [42, 'Operation was aborted by an application callback'],
  [52, 'Server returned nothing (no headers, no data)'],
  [56, 'Failure when receiving data from the peer'],
  [60, 'SSL peer certificate or SSH remote key was not OK'],
  [77, 'Problem with the SSL CA cert (path? access rights?)'],
  [97, 'proxy handshake error'],
]);
