import packageJson from '../../../package.json' with { type: 'json' };

export const TOOL = { name: 'pms-proxy-doctor', version: packageJson.version } as const;

export const USER_AGENT = `${TOOL.name}/${TOOL.version}`;
