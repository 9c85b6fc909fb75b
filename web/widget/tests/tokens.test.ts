import { expect, test } from "vitest";

import { pickTokens } from "../build/tokens";

test("takes the names a style sheet reaches, through other names, in both themes", () => {
  const tokens = `
    :root { --font: Inter; --gone: 1px; }
    :root, [data-theme="light"] { color-scheme: light; --n1: white; --n2: grey; --surface: var(--n1); }
    [data-theme="dark"] { color-scheme: dark; --n1: black; --surface: var(--n1); }`;
  expect(pickTokens(tokens, ".a { background: var(--surface); font: var(--font) }")).toBe(
    ":host{--font:Inter}" +
      "[data-theme=light]{color-scheme:light;--n1:white;--surface:var(--n1)}" +
      "[data-theme=dark]{color-scheme:dark;--n1:black;--surface:var(--n1)}",
  );
});

test("leaves out what another style sheet brings already", () => {
  const tokens = ":root { --t: 1ms; --n1: white; --n2: grey; --text: var(--n1); --line: var(--n2); }";
  const start = pickTokens(tokens, ".a { color: var(--text) }");
  expect(pickTokens(tokens, ".b { color: var(--text); border: var(--line) }", start)).toBe(
    ":host{--n2:grey;--line:var(--n2)}",
  );
});
