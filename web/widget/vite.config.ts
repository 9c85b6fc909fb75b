/* Builds the widget into the desk's static files: `widget.js`, the loader, and the chat under a name with its hash. */

import { fileURLToPath } from "node:url";

import { defineConfig, type InlineConfig, type Plugin } from "vite";

import { loader } from "./build/loader.ts";
import { tokens } from "./build/tokens.ts";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** What is left for other bundlers to read: nobody bundles these files again. */
const bare: Plugin = {
  name: "frontdesk-bare",
  generateBundle(_, files) {
    for (const file of Object.values(files)) {
      if (file.type !== "chunk") continue;
      // Where it stands between two words, they must stay two.
      file.code = file.code.replaceAll(/([\w$]?)\/\* @__PURE__ \*\/ ?/g, (_all, word: string) => word && `${word} `);
    }
  },
};

const bundle = (input: string, name: string, format: "es" | "iife"): InlineConfig => ({
  root: path("."),
  logLevel: "warn",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: path("../../src/frontdesk/api/static/widget"),
    emptyOutDir: true,
    target: "es2022",
    cssTarget: ["chrome123", "firefox128", "safari17.5"],
    lib: { entry: path(`src/${input}`), formats: [format], name: "frontdeskWidget" },
    rolldownOptions: {
      preserveEntrySignatures: false,
      output: { entryFileNames: name, chunkFileNames: "[name]-[hash].js", minify: true },
    },
  },
});

export default defineConfig({
  ...bundle("main.tsx", "app-[hash].js", "es"),
  plugins: [bare, tokens(path("../shared/tokens.css")), loader(bundle("loader.ts", "widget.js", "iife"))],
});
