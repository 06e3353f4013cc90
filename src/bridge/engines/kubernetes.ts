import { CREDENTIALS_NAME } from '../names.ts';
import type { PlanInput, PlanParts } from '../model.ts';
import { SOCAT_IMAGE } from './compose.ts';
import { credentialsFile, SOCAT_OPTIONS, socatListener, socatProxy } from './parts.ts';

const SECRET = 'pms-bridge';

/** A patch for the pod of PMS: lines for its hosts file, and a container for each name. Containers of a pod share one network. */
export function kubernetesFiles(input: PlanInput): PlanParts {
  const hasSecret = input.proxy.credentials !== null;
  return {
    files: [{ name: 'bridge-patch.yaml', text: patch(input), mode: 0o644 }, ...credentialsFile(input)],
    checks: [],
    install: [
      ...(hasSecret ? [`kubectl create secret generic ${SECRET} --from-file=${CREDENTIALS_NAME}`] : []),
      'kubectl patch deployment plex --patch-file bridge-patch.yaml',
    ],
    undo: ['kubectl rollout undo deployment plex', ...(hasSecret ? [`kubectl delete secret ${SECRET}`] : [])],
    remarks: [
      'The deployment of PMS is called "plex" here; a stateful set is patched in the same way.',
      `Each container runs ${SOCAT_IMAGE}. A pod with hostNetwork has no hosts file of its own: use an engine of the node.`,
    ],
  };
}

function patch(input: PlanInput): string {
  const { hosts, proxy } = input;
  const hasSecret = proxy.credentials !== null;
  const lines = [
    '# Written by pms-proxy-doctor bridge plan: kubectl patch deployment plex --patch-file bridge-patch.yaml',
    'spec:',
    '  template:',
    '    spec:',
    '      hostAliases:',
    ...hosts.flatMap(({ host, address }) => [`        - ip: "${address}"`, `          hostnames: ["${host}"]`]),
    '      containers:',
    ...hosts.flatMap(({ host, address }, index) => [
      `        - name: pms-bridge-${index + 1}`,
      `          image: ${SOCAT_IMAGE}`,
      '          args:',
      ...SOCAT_OPTIONS.split(' ').map((word) => `            - "${word}"`),
      `            - "${socatListener(address)}"`,
      `            - "${socatProxy(input, host, `/run/pms-bridge/${CREDENTIALS_NAME}`)}"`,
      '          securityContext:',
      // Port 443 and the password are for root; the pod of PMS may run as another user.
      '            runAsUser: 0',
      '            runAsNonRoot: false',
      '            allowPrivilegeEscalation: false',
      '            readOnlyRootFilesystem: true',
      '            capabilities: { drop: [ALL], add: [NET_BIND_SERVICE] }',
      ...(hasSecret
        ? ['          volumeMounts:', '            - { name: pms-bridge, mountPath: /run/pms-bridge, readOnly: true }']
        : []),
    ]),
    ...(hasSecret
      ? [
          '      volumes:',
          `        - { name: pms-bridge, secret: { secretName: ${SECRET}, defaultMode: 256 } } # mode 0400`,
        ]
      : []),
  ];
  return `${lines.join('\n')}\n`;
}
