export { CATALOGUE, PUBLIC_ADDRESS_PATH } from './catalogue.ts';
export { ENDPOINTS_FILE_LIMIT_BYTES, findEndpoints, parseEndpointsFile } from './endpoints-file.ts';
export { withProviders } from './provider-endpoints.ts';
export { parsePolicyFile, POLICY_FILE_LIMIT_BYTES } from './policy-file.ts';
export { parseHostName } from './host-name.ts';
