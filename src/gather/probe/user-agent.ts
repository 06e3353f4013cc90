import { TOOL } from '../../core/version.ts';

export const USER_AGENT = `${TOOL.name}/${TOOL.version}`;
