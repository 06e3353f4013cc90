import { COMMON_MESSAGES } from './common.ts';
import { FLOW_MESSAGES } from './flows.ts';
import type { Messages } from './message.ts';
import { REQUEST_MESSAGES } from './requests.ts';
import { ROUTE_MESSAGES } from './routes.ts';
import { SCAN_MESSAGES } from './scans.ts';

/** All messages that several causes share, for the documentation. Their ids are told apart from those of every cause. */
export const SHARED_MESSAGES: Messages = {
  ...COMMON_MESSAGES,
  ...ROUTE_MESSAGES,
  ...FLOW_MESSAGES,
  ...REQUEST_MESSAGES,
  ...SCAN_MESSAGES,
};
