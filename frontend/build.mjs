// Builds the style sheets and scripts of the three faces into the package's static files. Run: node build.mjs [--watch]
import { build } from "esbuild";
import { compile } from "sass";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { transform } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "src", "linli", "faces", "static", "faces");
const target = ["chrome100", "firefox102", "safari15.4"];

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

const sizes = [];
function write(name, text) {
  writeFileSync(join(out, name), text);
  sizes.push(`${name} ${(Buffer.byteLength(text) / 1000).toFixed(1)} kB, ${(gzipSync(text).length / 1000).toFixed(1)} kB compressed`);
}

for (const sheet of ["portal", "desk", "field", "print"]) {
  const compiled = compile(join(here, "styles", `${sheet}.scss`), {
    loadPaths: [join(here, "node_modules")],
    quietDeps: true,
    silenceDeprecations: ["import"],
  });
  const { code } = await transform(compiled.css, { loader: "css", minify: true, target });
  write(`${sheet}.css`, code);
}

for (const script of ["desk", "field", "division"]) {
  const result = await build({
    entryPoints: [join(here, "scripts", `${script}.ts`)],
    bundle: true,
    minify: true,
    format: "iife",
    target,
    write: false,
    legalComments: "eof",
  });
  write(`${script}.js`, result.outputFiles[0].text);
}

console.log(sizes.join("\n"));
