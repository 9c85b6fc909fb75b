/* The inbox's accent made readable: WCAG contrast, and shades of one colour that reach a wanted ratio. */

type Rgb = [number, number, number];

export interface Accent {
  /** Fill of the launcher, the header and the visitor's bubbles: at least 3:1 on the surface. */
  fill: string;
  /** Text on the fill: at least 4.5:1. */
  ink: string;
  /** The accent as text on the surface: at least 4.5:1. */
  text: string;
}

const WHITE: Rgb = [255, 255, 255];
const INK: Rgb = [20, 24, 30];
const SURFACE: Record<"light" | "dark", Rgb> = { light: WHITE, dark: [22, 25, 29] };

export function parseHex(colour: string): Rgb | null {
  const digits = /^#([\da-f]{3}|[\da-f]{6})$/i.exec(colour.trim())?.[1];
  if (!digits) return null;
  const full = digits.length === 3 ? digits.replace(/./g, "$&$&") : digits;
  const value = parseInt(full, 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map((channel) => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** WCAG 2.2 contrast ratio, from 1 to 21. */
export function contrast(one: Rgb, other: Rgb): number {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** `colour` moved toward `goal` in small steps until `enough` says yes. */
function shade(colour: Rgb, goal: Rgb, enough: (candidate: Rgb) => boolean): Rgb {
  for (let part = 0; part < 1; part += 0.04) {
    const candidate = colour.map((channel, at) => Math.round(channel + (goal[at]! - channel) * part)) as Rgb;
    if (enough(candidate)) return candidate;
  }
  return goal;
}

const css = (colour: Rgb) => `rgb(${colour.join(" ")})`;

/** The three colours of one accent in one theme, or null when the setting is no `#rgb` or `#rrggbb`. */
export function accentColours(setting: string | null | undefined, theme: "light" | "dark"): Accent | null {
  const colour = setting ? parseHex(setting) : null;
  if (!colour) return null;
  const surface = SURFACE[theme];
  const away = theme === "light" ? INK : WHITE;
  let fill = shade(colour, away, (candidate) => contrast(candidate, surface) >= 3);
  let ink = contrast(WHITE, fill) >= 4.5 ? WHITE : INK;
  if (contrast(ink, fill) < 4.5) {
    fill = shade(fill, INK, (candidate) => contrast(WHITE, candidate) >= 4.5);
    ink = WHITE;
  }
  const text = shade(colour, away, (candidate) => contrast(candidate, surface) >= 4.5);
  return { fill: css(fill), ink: css(ink), text: css(text) };
}
