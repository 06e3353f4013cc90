import { dirname, join, relative } from 'node:path';
import { LAYERS } from './layers.mjs';

/** Tests, and files beside package.json, may import everything. */
const UNRULED = /^(?:test|\.ci)(?:\/|$)|^\.$/;

/**
 * Says why a file may not import a module; null when it may.
 *
 * @param {string} file path from the root
 * @param {string} specifier as the file writes it
 * @param {import('./layers.mjs').Layers} layers
 * @returns {string | null}
 */
export function objectionTo(file, specifier, layers = LAYERS) {
  const folder = dirname(file);
  const layer = layers[folder];
  if (layer === undefined) return UNRULED.test(folder) ? null : `${folder} has no row`;
  if (!specifier.startsWith('.'))
    return isNamed(layer.packages, specifier) ? null : `${folder} may not import the package ${specifier}`;
  const target = dirname(join(folder, specifier));
  const isAllowed = target === folder || specifier.endsWith('.json') || isNamed(layer.folders, target);
  const isOpen = target === folder || isNamed(layers[target]?.importedBy ?? ['**'], folder);
  return isAllowed && isOpen ? null : `${folder} may not import ${target}`;
}

/**
 * @param {readonly string[]} patterns
 * @param {string} name
 */
export function isNamed(patterns, name) {
  return patterns.some((pattern) =>
    pattern.endsWith('**') ? `${name}/`.startsWith(pattern.slice(0, -2)) : pattern === name,
  );
}

const mayImport = {
  create(context) {
    const file = relative(context.cwd, context.filename);
    const check = ({ source }) => {
      const objection = typeof source?.value === 'string' ? objectionTo(file, source.value) : null;
      if (objection !== null) context.report({ node: source, message: `${objection}: see src/tooling/layers.mjs` });
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
      TSImportType: check,
    };
  },
};

/** A plugin of oxlint. */
export default { meta: { name: 'layers' }, rules: { 'may-import': mayImport } };
