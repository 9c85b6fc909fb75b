import type { EmailContent } from "@frontdesk/shared";
import { describe, expect, it } from "vitest";
import { filesOf, hasRemotePictures, quotes, recipientsOf, shownOf } from "~/features/thread/content/mail.ts";

const mail = (change: Partial<EmailContent> = {}): EmailContent => ({ kind: "email", text: "Yes.\n> Is it?", html: "<p>Yes.</p><blockquote>Is it?</blockquote>", ...change });

describe("what of a mail is shown", () => {
  it("shows its own words first, and all when unfolded", () => {
    const reply = mail({ own_text: "Yes.", own_html: "<p>Yes.</p>" });
    expect(quotes(reply)).toBe(true);
    expect(shownOf(reply, false, true)).toEqual({ as: "html", part: "own", text: "Yes." });
    expect(shownOf(reply, true, true)).toEqual({ as: "html", part: "whole", text: "Yes.\n> Is it?" });
  });

  it("shows its own words as text where no program marked the quote in the HTML", () => {
    expect(shownOf(mail({ own_text: "Yes." }), false, true)).toEqual({ as: "text", part: "own", text: "Yes." });
  });

  it("has nothing to unfold where all is the writer's", () => {
    expect(quotes(mail())).toBe(false);
    expect(shownOf(mail(), false, true).part).toBe("whole");
  });

  it("shows text while it is on its way, and says when there is nothing", () => {
    expect(shownOf(mail(), false, false).as).toBe("text");
    expect(shownOf(mail({ text: null, html: null }), false, true).as).toBe("nothing");
  });
});

describe("pictures and files of a mail", () => {
  it("asks before it shows pictures from elsewhere", () => {
    expect(hasRemotePictures(mail({ html: '<p><img alt="a" src="HTTPS://far.example/p.png"></p>' }), "whole")).toBe(true);
    expect(hasRemotePictures(mail({ html: '<img src="cid:a">', own_html: '<img src="https://far.example">' }), "whole")).toBe(false);
    expect(hasRemotePictures(mail({ html: "<a href='https://far.example'>x</a>" }), "whole")).toBe(false);
  });

  it("lists the files that its HTML does not show in place", () => {
    const held = mail({ html: '<img src="cid:Logo@x">', attachments: [{ content_id: "logo@x", filename: "logo.png" }, { content_id: "b@x", filename: "b.png" }, { filename: "bill.pdf" }] });
    expect(filesOf(held, "whole").map((file) => file.filename)).toEqual(["b.png", "bill.pdf"]);
  });

  it("says who got it", () => {
    expect(recipientsOf(mail({ to: ["a@x"], cc: ["b@x", "c@x"] }))).toBe("To a@x · Cc b@x, c@x");
    expect(recipientsOf(mail())).toBe("");
  });
});
