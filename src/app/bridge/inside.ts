export { runBridgeInside } from '../../gather/bridge/inside.ts';
export { BRIDGE_COMMAND } from '../../gather/bridge/there.ts';
