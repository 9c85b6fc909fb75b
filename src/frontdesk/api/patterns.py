"""What the patterns of our bodies ask for, in words: a pattern tells a person nothing."""

LINE = r"^[^\s\x00-\x1f\x7f]([^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f])?$"
SHORTCUT = r"^[A-Za-z0-9][A-Za-z0-9_.\-]*$"

WORDS: dict[str, tuple[str, str]] = {
    LINE: (
        "must be one line of text without spaces around it",
        "Remove line breaks, tabs, and spaces at the beginning and the end.",
    ),
    SHORTCUT: (
        "must be one word of letters, digits, dots, hyphens and underscores, the first a letter or a digit",
        "Leave out spaces, accents and other signs: opening-hours instead of Opening hours.",
    ),
    r"^[^\x00]*$": ("must not contain the NUL character (U+0000)", "Remove it."),
    r"^[^\x00-\x1f\x7f]+$": ("must not contain control characters", "Remove line breaks and tabs."),
    r"^[ -~]+$": ("must be plain ASCII", "Use letters, digits and signs without accents."),
    r"^[a-z][a-z0-9_]{0,31}$": (
        "is not the kind of an address",
        "Name one such as phone, email or whatsapp.",
    ),
    r"^[a-z][a-z0-9_]*$": ("is not the name of a channel", "GET /v1/channels lists them."),
    r"^\+?[0-9 ().\-]{4,30}$": ("is not a phone number", "Write it with its country: +34 600 000 001."),
    r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$": ("is not a language", "Write it as en, pt-BR or zh-Hant."),
    r"^(default|[a-z]{2,3}(-[A-Za-z0-9]{2,8})*)$": (
        "is not a language",
        "Write it as en, pt-BR or zh-Hant; default is for all others.",
    ),
    r"^[A-Za-z][A-Za-z0-9_]{0,63}$": (
        "is not a name of an attribute",
        "Use letters, digits and underscores, 64 at most, and begin with a letter.",
    ),
    r"^[a-z][a-z0-9_]{0,63}$": (
        "is not a category",
        "Use small letters, digits and underscores: marketing, utility.",
    ),
    r"^[A-Z]{3}$": ("is not a currency", "Write its three capital letters: EUR."),
    r"^([01][0-9]|2[0-3]):[0-5][0-9]$": ("is not a time of day", "Write it as 08:30 or 21:00."),
    r"^[^@\s\x00-\x20]{1,64}@[^@\s\x00-\x20]+$": (
        "is not an e-mail address",
        "Write it as name@company.example.",
    ),
}
