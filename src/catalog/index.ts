export { CATALOGUE, PUBLIC_ADDRESS_PATH } from './catalogue.ts';
export {
  ENDPOINTS_FILE_LIMIT_BYTES,
  findEndpoints,
  parseEndpointsFile,
  type EndpointsFileResult,
} from './endpoints-file.ts';
export { parsePolicyFile, POLICY_FILE_LIMIT_BYTES, type PolicyFileResult } from './policy-file.ts';
