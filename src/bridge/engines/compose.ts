import { CREDENTIALS_NAME } from '../names.ts';
import type { PlanInput, PlanParts } from '../model.ts';
import { credentialsFile, SOCAT_OPTIONS, socatListener, socatProxy } from './parts.ts';

/** Any image whose entry point is socat does. */
export const SOCAT_IMAGE = 'docker.io/alpine/socat:1.8.0.0';

/** A file beside the compose file of PMS: lines for its hosts file, and a small container for each name in its network. */
export function composeFiles(input: PlanInput): PlanParts {
  return {
    files: [{ name: 'compose.bridge.yaml', text: compose(input), mode: 0o644 }, ...credentialsFile(input)],
    checks: [
      {
        name: 'docker compose config',
        command: ['docker', 'compose', '-f', 'DIR/compose.bridge.yaml', 'config', '--quiet'],
        needs: [],
        asRoot: false,
        probe: ['docker', 'compose', 'version'],
      },
    ],
    install: ['docker compose -f compose.yaml -f compose.bridge.yaml up -d'],
    undo: ['docker compose -f compose.yaml up -d --remove-orphans'],
    remarks: [
      'The service of PMS is called "plex" here: write the name that your compose file has, in all places.',
      `Each container runs ${SOCAT_IMAGE}; the Docker host has to be able to fetch it, or give an image of your own.`,
      'A container shares the network of PMS: start it anew when PMS was started anew.',
    ],
  };
}

function compose(input: PlanInput): string {
  const { hosts, proxy } = input;
  const hasSecret = proxy.credentials !== null;
  const lines = [
    '# Written by pms-proxy-doctor bridge plan. Use it beside the compose file of PMS:',
    '#   docker compose -f compose.yaml -f compose.bridge.yaml up -d',
    'services:',
    '  plex:',
    '    extra_hosts:',
    ...hosts.map(({ host, address }) => `      - "${host}:${address}"`),
    ...hosts.flatMap(({ host, address }, index) => [
      `  pms-bridge-${index + 1}:`,
      `    image: ${SOCAT_IMAGE}`,
      '    network_mode: "service:plex"',
      '    restart: unless-stopped',
      '    read_only: true',
      '    cap_drop: [ALL]',
      // The file with the password belongs to the user who made the plan, and Compose leaves it so.
      `    cap_add: [NET_BIND_SERVICE${hasSecret ? ', DAC_OVERRIDE' : ''}]`,
      '    security_opt: ["no-new-privileges:true"]',
      '    command:',
      ...SOCAT_OPTIONS.split(' ').map((word) => `      - "${word}"`),
      `      - "${socatListener(address)}"`,
      `      - "${socatProxy(input, host, '/run/secrets/pms-bridge')}"`,
      ...(hasSecret ? ['    secrets: [pms-bridge]'] : []),
    ]),
    ...(hasSecret ? ['secrets:', '  pms-bridge:', `    file: ./${CREDENTIALS_NAME}`] : []),
  ];
  return `${lines.join('\n')}\n`;
}
