/** Formats of Squid's access log: compiled from a `logformat` line, found in a squid.conf, or built in. */
export {
  BUILTIN_FORMATS,
  compileFormat,
  type BuiltinName,
  type FormatField,
  type FormatLiteral,
  type FormatResult,
  type Quoting,
  type SquidFormat,
} from './squid-logformat.ts';
export {
  formatsOfConfig,
  type ConfiguredFormat,
  type ConfiguredLog,
  type ConfigProblem,
  type LogConfiguration,
} from './squid-config.ts';
