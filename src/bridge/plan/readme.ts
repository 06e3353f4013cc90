import { CREDENTIALS_NAME } from '../names.ts';
import type { Engine, PlanInput, PlanParts } from '../model.ts';

const ENGINE_WORDS: Readonly<Record<Engine, string>> = {
  'systemd-nc': 'a systemd socket for each name, and one nc for each connection',
  'systemd-socat': 'one socat for each name, kept by systemd',
  'squid-peek': 'a second Squid that reads the name in the TLS hello and never decrypts',
  compose: 'a container for each name in the network of PMS (Docker Compose)',
  kubernetes: 'a container for each name in the pod of PMS',
  openrc: 'one socat for each name, started by OpenRC',
  sysv: 'one socat for each name, started by an init script',
};

/** The page that a plan is read by. */
export function readme({ engine, hosts, proxy }: PlanInput, { files, install, undo, remarks }: PlanParts): string {
  const usesHosts = engine !== 'squid-peek';
  const isSecret = files.some(({ mode }) => mode === 0o600);
  const secret = files.find(({ mode }) => mode === 0o600)?.name ?? CREDENTIALS_NAME;
  return `# A way through the proxy for Plex Media Server

Programs of PMS that ignore the proxy variables reach these hosts through ${proxy.host}:${proxy.port}, by name, so that the rules of the proxy
still decide:

${hosts.map(({ host, address }) => (usesHosts ? `- ${host} (${address})` : `- ${host}`)).join('\n')}

Made of: ${ENGINE_WORDS[engine]}. TLS is not touched. A program that honours the proxy is not affected.

## Install, check, undo

${install.map((command) => `    ${command}`).join('\n')}
    sudo pms-proxy-doctor reproduce            # does PMS scan now?
${undo.map((command) => `    ${command}`).join('\n')}

For a comparison, save how it is before you install, in this folder: \`sudo pms-proxy-doctor reproduce --save-evidence before.json\`. Then
\`sudo pms-proxy-doctor reproduce --after before.json\` says what the bridge changed; install.sh asks to run it.

## Good to know

${[
  ...remarks,
  ...(isSecret
    ? [`\`${secret}\` holds the password of the proxy and is the only file here that does: keep its mode 0600.`]
    : []),
  'A name that the proxy refuses stays refused (403).',
  'Not covered: port 80, programs with fixed addresses, wildcards, DNS over HTTPS, and hosts that are not listed.',
  'Not used: redsocks asks the proxy for addresses, which a list of names denies; proxychains works by LD_PRELOAD, which static programs ignore and which wraps a packaged file.',
]
  .map((remark) => `- ${remark}`)
  .join('\n')}
`;
}
