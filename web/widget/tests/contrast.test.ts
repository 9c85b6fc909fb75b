import { expect, test } from "vitest";

import { accentColours, contrast, parseHex } from "../src/contrast";

const rgb = (text: string) => text.match(/\d+/g)!.map(Number) as [number, number, number];
const SURFACES = { light: [255, 255, 255], dark: [22, 25, 29] } as const;

test("reads short and long hex, and nothing else", () => {
  expect(parseHex("#0af")).toEqual([0, 170, 255]);
  expect(parseHex(" #00AAFF ")).toEqual([0, 170, 255]);
  for (const wrong of ["", "red", "#12", "#12345", "#gggggg", "rgb(0 0 0)"])
    expect(parseHex(wrong)).toBeNull();
});

test("knows the ends of the WCAG scale", () => {
  expect(contrast([0, 0, 0], [255, 255, 255])).toBe(21);
  expect(contrast([120, 120, 120], [120, 120, 120])).toBe(1);
});

test("keeps a colour that is readable as it is", () => {
  expect(accentColours("#3b3fc4", "light")).toEqual({
    fill: "rgb(59 63 196)",
    ink: "rgb(255 255 255)",
    text: "rgb(59 63 196)",
  });
});

test("makes every accent readable in both themes", () => {
  const steps = ["00", "33", "66", "99", "cc", "ff"];
  for (const theme of ["light", "dark"] as const) {
    for (const r of steps)
      for (const g of steps)
        for (const b of steps) {
          const colours = accentColours(`#${r}${g}${b}`, theme)!;
          const surface = [...SURFACES[theme]] as [number, number, number];
          const where = `#${r}${g}${b} ${theme}`;
          expect(contrast(rgb(colours.ink), rgb(colours.fill)), where).toBeGreaterThanOrEqual(4.5);
          expect(contrast(rgb(colours.fill), surface), where).toBeGreaterThanOrEqual(3);
          expect(contrast(rgb(colours.text), surface), where).toBeGreaterThanOrEqual(4.5);
        }
  }
});

test("leaves the default in place when the setting is no colour", () => {
  expect(accentColours("url(x)", "light")).toBeNull();
  expect(accentColours(null, "dark")).toBeNull();
});
