import { listen, type Listening } from '../../../src/demo/system/listening.ts';
import { plainServer } from '../../../src/demo/outside/endpoints.ts';

export interface ListeningPac extends Listening {
  /** `http://127.0.0.1:PORT/proxy.pac`; prefix it with `pac+`. */
  readonly url: string;
}

/** Serves a PAC script. `answer` is what FindProxyForURL returns (`PROXY 127.0.0.1:3128`), or the whole script. */
export async function pacServer(answer: string): Promise<ListeningPac> {
  const script = answer.includes('FindProxyForURL')
    ? answer
    : `function FindProxyForURL(url, host) { return ${JSON.stringify(answer)}; }`;
  const server = await listen(
    plainServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/x-ns-proxy-autoconfig' });
      response.end(script);
    }),
  );
  return { ...server, url: `http://${server.host}:${server.port}/proxy.pac` };
}
