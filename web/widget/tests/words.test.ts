import { expect, test } from "vitest";

import { localeOf } from "../src/words";

test("the page's language is written the way the reader's own variant of it is", () => {
  expect(localeOf("en", ["de-DE", "en-GB", "en"])).toBe("en-GB");
  expect(localeOf("en-US", ["en-GB"])).toBe("en-US");
  expect(localeOf("es", ["en-GB"])).toBe("es");
});
