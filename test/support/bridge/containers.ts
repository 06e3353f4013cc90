import { mapOf, type Shape } from '../shape.ts';

const WORD = /^.+$/;
const SERVICE: Shape = {
  image: /^[\w./:-]+$/,
  network_mode: /^service:\w+$/,
  restart: /^unless-stopped$/,
  read_only: 'boolean',
  cap_drop: [/^ALL$/],
  cap_add: [/^(?:NET_BIND_SERVICE|DAC_OVERRIDE)$/],
  security_opt: [/^no-new-privileges:true$/],
  command: [WORD],
  secrets: [/^pms-bridge$/],
  extra_hosts: [/^[\w.-]+:[\d.]+$/],
};

/** The parts of schema/compose-spec.json (compose-spec/compose-spec at 170098ba) that a plan uses. */
export const COMPOSE: Shape = {
  'services!': mapOf(SERVICE, /^[\w.-]+$/),
  secrets: mapOf({ 'file!': /^\.\/credentials$/ }),
};

const CONTAINER: Shape = {
  'name!': /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/,
  'image!': /^[\w./:-]+$/,
  args: [WORD],
  securityContext: {
    runAsUser: 'number',
    runAsNonRoot: 'boolean',
    allowPrivilegeEscalation: 'boolean',
    readOnlyRootFilesystem: 'boolean',
    capabilities: { drop: [/^ALL$/], add: [/^NET_BIND_SERVICE$/] },
  },
  volumeMounts: [{ 'name!': WORD, 'mountPath!': /^\/[\w/-]+$/, readOnly: 'boolean' }],
};

/** The parts of a Deployment (apps/v1, PodSpec of core/v1) that the patch of a plan names. */
export const KUBERNETES: Shape = {
  'spec!': {
    'template!': {
      'spec!': {
        hostAliases: [{ 'ip!': /^[\d.]+$/, hostnames: [/^[\w.-]+$/] }],
        containers: [CONTAINER],
        volumes: [{ 'name!': WORD, secret: { secretName: WORD, defaultMode: 'number' } }],
      },
    },
  },
};
