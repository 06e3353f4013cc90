import { once } from 'node:events';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority } from '../../../src/demo/outside/certificates.ts';
import type { Listening } from '../../../src/demo/system/listening.ts';
import { dial, get, openTunnel, readAll, secure } from './client.ts';
import { httpEndpoint, httpsEndpoint } from './endpoint.ts';
import { pacServer } from './pac-server.ts';
import { interceptor, tlsProxy, workingProxy, type ListeningProxy } from './proxy.ts';

const root = createAuthority('Public Root');
const inspecting = createAuthority('Inspecting Root');
const open: Listening[] = [];

async function started<T extends Listening>(server: Promise<T>): Promise<T> {
  const running = await server;
  open.push(running);
  return running;
}

let proxy: ListeningProxy;
let secured: Listening;
beforeAll(async () => {
  secured = await started(httpsEndpoint(root, ['plex.tv', 'v4.plex.tv']));
  const plain = await started(httpEndpoint());
  const nobody = await httpEndpoint();
  await nobody.close();
  proxy = await started(
    workingProxy({
      map: { 'plex.tv': secured, 'v4.plex.tv:443': secured, 'cdn.example': plain, 'down.example': nobody },
      allows: ({ host }) => host !== 'metrics.plex.tv',
    }),
  );
});
afterAll(() => Promise.all(open.map((server) => server.close())));

describe('workingProxy', () => {
  it.each([
    ['plex.tv:443', 200],
    ['v4.plex.tv:443', 200],
    ['v4.plex.tv:8443', 503],
    ['metrics.plex.tv:443', 403],
    ['unknown.example:443', 503],
    ['down.example:443', 503],
    ['nonsense', 400],
  ])('answers CONNECT %s with %i', async (target, status) => {
    const tunnel = await openTunnel(proxy, target);
    tunnel.socket.destroy();
    expect(tunnel.status).toBe(status);
  });

  it('leads to the endpoint, whose certificate matches the name', async () => {
    const { socket } = await openTunnel(proxy, 'v4.plex.tv:443');
    expect(await get(await secure(socket, 'v4.plex.tv', root.certificatePem), 'v4.plex.tv')).toMatch(/200 OK.*hello/s);
  });

  it.each([
    ['http://cdn.example/hashes.json', /^HTTP\/1.1 200 OK.*via: 1.1 proxy.*hello/is],
    ['http://metrics.plex.tv/', /^HTTP\/1.1 403 .*ERR_ACCESS_DENIED/s],
    ['http://unknown.example/', /^HTTP\/1.1 503 .*ERR_DNS_FAIL/s],
    ['http://down.example/', /^HTTP\/1.1 503 .*ERR_CONNECT_FAIL/s],
    ['/not-absolute', /^HTTP\/1.1 400 /],
  ])('answers GET %s', async (target, expected) => {
    const socket = await dial(proxy);
    socket.write(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect(await readAll(socket)).toMatch(expected);
  });

  it('keeps a log of what it was asked for', async () => {
    await openTunnel(proxy, 'METRICS.plex.tv:443');
    expect(proxy.log.at(-1)).toEqual({ method: 'CONNECT', host: 'metrics.plex.tv', port: 443, status: 403 });
  });

  it('wants credentials when told so', async () => {
    const strict = await started(
      workingProxy({ map: { 'plex.tv': secured }, credentials: { user: 'u', password: 'p' } }),
    );
    const right = { 'proxy-authorization': `Basic ${Buffer.from('u:p').toString('base64')}` };
    const answers = [await openTunnel(strict, 'plex.tv:443'), await openTunnel(strict, 'plex.tv:443', right)];
    expect(answers.map((answer) => answer.status)).toEqual([407, 200]);
  });
});

describe('tlsProxy', () => {
  it('does the same behind TLS', async () => {
    const behind = await started(tlsProxy(root, { map: { 'plex.tv': secured } }));
    const socket = connectTls({ host: behind.host, port: behind.port, ca: root.certificatePem });
    await once(socket, 'secureConnect');
    socket.write('CONNECT plex.tv:443 HTTP/1.1\r\nHost: plex.tv:443\r\n\r\n');
    const [reply] = await once(socket, 'data');
    socket.destroy();
    expect(String(reply)).toMatch(/^HTTP\/1.1 200 /);
  });
});

describe('interceptor', () => {
  it('answers for every host with a certificate of its own', async () => {
    const middle = await started(interceptor(inspecting));
    const { socket } = await openTunnel(middle, 'plex.tv:443');
    const tls = await secure(socket, 'plex.tv', inspecting.certificatePem);
    expect(tls.getPeerCertificate().issuer.CN).toBe('Inspecting Root');
    expect(await get(tls, 'plex.tv')).toMatch(/inspected/);
  });

  it('is not trusted by those who know the public root only', async () => {
    const middle = await started(interceptor(inspecting));
    const { socket } = await openTunnel(middle, 'plex.tv:443');
    await expect(secure(socket, 'plex.tv', root.certificatePem)).rejects.toThrow(/unable to verify/);
  });
});

describe('pacServer', () => {
  it('serves a script that names the proxy', async () => {
    const pac = await started(pacServer('PROXY 127.0.0.1:3128'));
    const script = await (await fetch(pac.url)).text();
    expect(script).toContain('"PROXY 127.0.0.1:3128"');
  });
});
