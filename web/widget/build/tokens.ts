/* Takes from the shared tokens only the values the widget's style sheets use, and puts them in front. */

import { readFileSync } from "node:fs";

import type { Plugin } from "vite";

const NAME = /--[\w-]+/g;

/** The rules of `tokens`, cut down to the names that `css` reaches and `known` has not, in their own order. */
export function pickTokens(tokens: string, css: string, known = ""): string {
  const bare = tokens.replace(/\/\*[\s\S]*?\*\//g, "");
  const values = new Map<string, string[]>();
  for (const [, name, value] of bare.matchAll(/(--[\w-]+):\s*([^;]+);/g)) {
    values.set(name!, [...(values.get(name!) ?? []), value!]);
  }
  const wanted = new Set<string>();
  const had = new Set([...known.matchAll(/(--[\w-]+):/g)].map(([, name]) => name!));
  const want = (text: string) => {
    for (const name of text.match(NAME) ?? []) {
      if (wanted.has(name) || !values.has(name)) continue;
      wanted.add(name);
      values.get(name)!.forEach(want);
    }
  };
  want(css);
  const rules = [...bare.matchAll(/([^{}@]+)\{([^{}]*)\}/g)].map(([, selector, body]) => {
    const kept = [...body!.matchAll(/(--[\w-]+|color-scheme):\s*([^;]+);/g)]
      .filter(([, name]) => (name === "color-scheme" ? !known : wanted.has(name!) && !had.has(name!)))
      .map(([, name, value]) => `${name}:${value!.trim()}`);
    const scope = selector!.includes('[data-theme="dark"]')
      ? "[data-theme=dark]"
      : selector!.includes("light")
        ? "[data-theme=light]"
        : ":host";
    return kept.length ? `${scope}{${kept.join(";")}}` : "";
  });
  return rules.join("").replace(/:host\{--t:0ms\}/, "");
}

/** The start's style sheet brings its own tokens, the panel's those that only the panel needs. */
export function tokens(file: string): Plugin {
  return {
    name: "frontdesk-tokens",
    enforce: "pre",
    transform(css, id) {
      const name = /\/src\/(style|panel)\.css/.exec(id)?.[1];
      if (!name) return null;
      const all = readFileSync(file, "utf8");
      const start = readFileSync(id.replace(/(style|panel)\.css.*/, "style.css"), "utf8");
      const picked = name === "style" ? pickTokens(all, css) : pickTokens(all, css, pickTokens(all, start));
      return { code: picked + css, map: null };
    },
  };
}
