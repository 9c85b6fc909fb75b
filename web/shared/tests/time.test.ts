import { describe, expect, it } from "vitest";
import { ago, clockTime, dayLabel, duration, listTime, timeLeft } from "../src/index.ts";

const now = Date.parse("2026-11-20T10:42:00Z");

describe("times", () => {
  it("are relative under a day in lists", () => {
    const shown = (iso: string): string => listTime(iso, now, "en-GB");
    expect(shown("2026-11-20T10:41:30Z")).toBe("now");
    expect(shown("2026-11-20T10:20:00Z")).toBe("22 m");
    expect(shown("2026-11-20T08:05:00Z")).toBe("08:05");
    expect(shown("2026-11-19T10:00:00Z")).toBe("Thu");
    expect(shown("2026-03-12T10:00:00Z")).toBe("12 Mar");
    expect(shown("2024-03-12T10:00:00Z")).toBe("12 Mar 2024");
  });

  it("have the clock of the reader's language", () => {
    const clock = (locale: string): string => clockTime("2026-11-20T15:05:00Z", locale).replaceAll(/\s/g, " ");
    expect(clock("en-GB")).toBe("15:05");
    expect(clock("en-US")).toBe("3:05 PM");
  });

  it("name days", () => {
    expect(dayLabel("2026-11-20T00:00:00Z", now, "en-GB")).toBe("Today, 20 November");
    expect(dayLabel("2026-11-19T23:59:00Z", now, "en-GB")).toBe("Yesterday, 19 November");
    expect(dayLabel("2026-11-16T12:00:00Z", now, "en-GB")).toBe("Monday, 16 November");
  });

  it("say what is left of a window", () => {
    expect(timeLeft("2026-11-21T10:36:00Z", now)).toBe("23 h 54 m");
    expect(timeLeft("2026-11-20T10:54:00Z", now)).toBe("12 m");
    expect(timeLeft("2026-11-20T10:42:20Z", now)).toBe("under a minute");
    expect(timeLeft("2026-11-20T10:42:00Z", now)).toBeNull();
    expect(timeLeft(null, now)).toBeNull();
  });

  it("tell how long ago, and how long", () => {
    expect(ago("2026-11-20T10:41:40Z", now, "en-GB")).toBe("20 seconds ago");
    expect(ago("2026-11-18T10:42:00Z", now, "en-GB")).toBe("2 days ago");
    expect(ago("2026-11-20T10:42:05Z", now, "en-GB")).toBe("now");
    expect([duration(23), duration(3723), duration(null)]).toEqual(["0:23", "1:02:03", "0:00"]);
  });
});
