export { runProber } from '../gather/vantage/inside.ts';
export { PROBER_COMMAND } from '../gather/vantage/there.ts';
