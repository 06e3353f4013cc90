import { writeFileSync } from 'node:fs';
import { PROXY_VARIABLES } from './outside/network.ts';
import { INSIDE_COMMAND } from './system/order.ts';
import type { PlaceProgram } from './pms/files.ts';
import { startPmsStandIn, type PmsStandIn } from './pms/start.ts';
import { FILES } from './outside/sealed-files.ts';
import { runStep } from './system/step.ts';

/**
 * How long the scanner waits for a connection: long enough to see that no answer comes, and to see it at all where only sockets
 * can be watched.
 */
const CONNECT_TIMEOUT_SECONDS = 5;

/** The stand-in for PMS, with the proxy variables in its environment and a scanner that does not care for them. */
export function startStandIn(entry: string): Promise<PmsStandIn> {
  return startPmsStandIn({
    directory: FILES.pms,
    environment: { ...PROXY_VARIABLES },
    run: [entry, INSIDE_COMMAND],
    place: bindProgram,
    config: {
      cacert: FILES.root,
      connectTimeoutSeconds: CONNECT_TIMEOUT_SECONDS,
      matcher: 'ignores-proxy',
      libraries: [
        { id: '1', type: 'artist', agent: 'tv.plex.agents.music', newContent: 'always' },
        { id: '2', type: 'movie', agent: 'tv.plex.agents.movie' },
        { id: '3', type: 'movie', agent: 'tv.plex.agents.none', newContent: true },
      ],
    },
  });
}

/** A program under another name without a copy of it: Node is larger than the temporary file system of the demo. */
const bindProgram: PlaceProgram = async (source, target) => {
  writeFileSync(target, '');
  await runStep('a program under the name of one of PMS', 'mount', ['--bind', source, target]);
};
