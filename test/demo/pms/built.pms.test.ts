import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAuthority } from '../../../src/demo/outside/certificates.ts';
import type { Listening } from '../../../src/demo/system/listening.ts';
import { INSIDE_COMMAND } from '../../../src/demo/system/order.ts';
import { linkOrCopy } from '../../../src/demo/pms/files.ts';
import { startPmsStandIn } from '../../../src/demo/pms/start.ts';
import { BUILT } from '../../support/system/built.ts';
import { Workshop } from '../../support/system/workshop.ts';
import { httpsEndpoint } from '../../support/servers/endpoint.ts';
import { workingProxy, type ListeningProxy } from '../../support/servers/proxy.ts';

const METADATA = 'metadata.provider.plex.tv';
const workshop = new Workshop();
const authority = createAuthority('test root');
const cacert = join(workshop.path, 'ca.pem');
let endpoint: Listening;
let proxy: ListeningProxy;

beforeAll(async () => {
  writeFileSync(cacert, authority.certificatePem);
  endpoint = await httpsEndpoint(authority, ['plex.tv', METADATA]);
  proxy = await workingProxy({ map: { 'plex.tv': endpoint, [METADATA]: endpoint } });
});

afterAll(async () => {
  await Promise.all([endpoint.close(), proxy.close()]);
  workshop.remove();
});

it.each([
  ['with curl as its client', linkOrCopy],
  ['with Node as its client', (_source: string, target: string) => linkOrCopy(process.execPath, target)],
])('the file that users run is a stand-in too, %s', async (name, place) => {
  const pms = await startPmsStandIn({
    directory: join(workshop.path, name),
    environment: { https_proxy: `http://127.0.0.1:${proxy.port}`, no_proxy: '127.0.0.1' },
    // Only the proxy leads anywhere.
    config: { cacert, scanSeconds: 0, resolve: ['plex.tv:443:127.0.0.66', `${METADATA}:443:127.0.0.66`] },
    port: 0,
    run: [BUILT, INSIDE_COMMAND],
    place,
  });
  const answer = await fetch(`http://127.0.0.1:${pms.port}/library/sections/1/refresh`, {
    headers: { 'X-Plex-Token': pms.token },
  });
  expect(answer.status).toBe(200);
  const log = readFileSync(join(pms.logDirectory, 'Plex Media Server.log'), 'utf8');
  expect(log).toMatch(/ 200 response from GET https:\/\/plex\.tv\//);
  await pms.stop();
});
