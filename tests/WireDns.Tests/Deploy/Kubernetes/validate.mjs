// validate.mjs PACKAGES: objects of Kubernetes as YAML on standard input, each compared with the type that Kubernetes' own description gives it: a key that
// does not exist, one that is missing and a value of another type are errors of the compiler. Prints them as JSON.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const packages = process.argv[2];
const require = createRequire(join(packages, 'package.json'));
const { parseAllDocuments } = require('yaml');
const objects = parseAllDocuments(readFileSync(0, 'utf8')).map(document => document.toJS());
const folder = mkdtempSync(join(packages, 'objects-'));
const lines = objects.map((object, index) =>
    `import type { I${object.kind} as T${index} } from 'kubernetes-models/${object.apiVersion}';\nexport const o${index}: T${index} = ${JSON.stringify(object, null, 1)};\n`);
try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'objects.ts'), lines.join(''));
    execFileSync(process.execPath, [require.resolve('typescript/bin/tsc'), '--noEmit', '--strict', '--skipLibCheck', '--module', 'esnext', '--moduleResolution', 'bundler', join(folder, 'objects.ts')], { encoding: 'utf8' });
} catch (error) {
    console.error(error.stdout ?? error);
    process.exitCode = 1;
} finally {
    rmSync(folder, { recursive: true });
}
console.log(JSON.stringify(objects));
