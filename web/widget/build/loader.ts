/* After the chat is built: builds the loader that names it, prints what a visitor downloads, and fails when that is
   more than we promise. */

import { readFileSync, readdirSync } from "node:fs";
import { gzipSync } from "node:zlib";

import { build, type InlineConfig, type Plugin } from "vite";

const LIMIT = 15_000;

const kilobytes = (size: number) => `${(size / 1000).toFixed(1).padStart(5)} kB gzip`;

/** What every page view costs (the loader and the chat's start), and what is loaded later, each on its own. */
function report(folder: string, app: string): void {
  const sizes = new Map(
    readdirSync(folder).map((name) => [
      name,
      gzipSync(readFileSync(`${folder}/${name}`), { level: 9 }).length,
    ]),
  );
  const start = sizes.get("widget.js")! + sizes.get(app)!;
  for (const [name, size] of sizes) console.log(name.padEnd(24), kilobytes(size));
  console.log("on each page view".padEnd(24), `${kilobytes(start)} of ${LIMIT / 1000}`);
  if (start > LIMIT) throw new Error(`the widget's start is larger than ${LIMIT} bytes`);
}

export function loader(config: InlineConfig): Plugin {
  return {
    name: "frontdesk-loader",
    apply: "build",
    async writeBundle(options, files) {
      const app = Object.values(files).find((file) => file.type === "chunk" && file.isEntry)!.fileName;
      const define = { __APP__: JSON.stringify(app) };
      await build({ ...config, configFile: false, define, build: { ...config.build, emptyOutDir: false } });
      report(options.dir!, app);
    },
  };
}
