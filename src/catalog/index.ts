export { CATALOGUE, PUBLIC_ADDRESS_PATH } from './catalogue.ts';
