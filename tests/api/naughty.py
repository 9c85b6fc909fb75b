"""Texts that break careless programs. All of them may be said, and must come out as they went in (G24)."""
# ruff: noqa: RUF001, PLE2502 - odd characters are the point

SAYABLE = [
    "undefined", "null", "NULL", "true", "0", "-1", "1e309", "NaN", " ", "  leading and trailing  ",
    "tab\tnew\nline\r\nreturn\rvertical\x0bform\x0c", "\x01\x02\x1b[31m\x7f\x80\x9f",
    "' OR 1=1 -- ", "\"; DROP TABLE messages; --", "%s %d {0} {0.__class__} ${x} {{7*7}} <%= 7*7 %>",
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "javascript:alert(1)", "&lt;&amp;&#39;",
    "\\u0000 \\x00 \\ud800 \\", "../../etc/passwd", "C:\\CON\\nul", "|ls; $(id) `id`",
    "é é", "Å Å Å", "ﬃ ﬁ", "İıiI", "ß ẞ SS", "ﷺ", "田中さんにあげて下さい", "部落格", "사회과학원", "ᄀᆨ",
    "مُنَاقَشَة سُبُلِ", "‮right to left‬", "⁦isolate⁩", "שלום עולם 123", "ثم نفس سقطت",
    "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🇪🇸 1️⃣", "☺️ ☺ ☺︎", "𝕳𝖊𝖑𝖑𝖔 𝟘𝟙", "\U0001f9ff\U000e0067", "\U0010ffff",
    "Z̮̞̠͙͔ͅḀ̗̞͈̻̗Ḷ͙͎̯̹̞͓G̻O̭̗̮", "\u200b\u200c\u200d\u2060\ufeff", "\u2028\u2029\u0085", "\ufffe\uffff\ufffd",
    "\u00a0\u1680\u2003\u3000", "­soft­hyphen", "٠١٢٣ ½ ² Ⅷ", "Ω≈ç√∫˜µ≤≥÷", "\u200b", "x" * 4096, "🙂" * 2000,
    '{"a": [1, {"b": "\\u0041"}]}', "[1,2", "=1+1", "+1", "@SUM(1)", "-----BEGIN",
    "\N{LATIN SMALL LETTER A}\u0300" * 50,
]  # fmt: skip
