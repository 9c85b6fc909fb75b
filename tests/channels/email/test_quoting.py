"""M-17: what a reply's writer wrote, without what mail programs quote, in many languages."""
# ruff: noqa: RUF001 - words of many alphabets

import time

import pytest

from frontdesk.channels.email.markup import own_html_of, own_text_of
from frontdesk.channels.email.quoting import visible_reply

ATTRIBUTIONS = [
    "On Wed, Mar 2, 2016 at 12:00 PM, Lea Kurz <lea@desk.example> wrote:",
    "On Mar 2, 2016, at 12:00, Lea Kurz wrote:",
    "On Wed, Mar 2, 2016 at 12:00 PM, Lea Kurz via Desk <\nlea@desk.example> wrote:",
    "Am 02.03.2016 um 12:00 schrieb Lea Kurz:",
    "Lea Kurz <lea@desk.example> schrieb am Mi., 2. März 2016 um\n12:00 Uhr:",
    "Le mer. 2 mars 2016 à 12:00, Lea Kurz <lea@desk.example> a écrit :",
    "El mié, 2 mar 2016 a las 12:00, Lea Kurz (<lea@desk.example>) escribió:",
    "Il giorno mer 2 mar 2016 alle ore 12:00 Lea Kurz <lea@desk.example> ha scritto:",
    "Op wo 2 mrt. 2016 om 12:00 schreef Lea Kurz <lea@desk.example>:",
    "Em qua., 2 de mar. de 2016 às 12:00, Lea Kurz <lea@desk.example> escreveu:",
    "śr., 2 mar 2016 o 12:00 Lea Kurz <lea@desk.example> napisał(a):",
    "2 марта 2016 г., 12:00 пользователь Lea Kurz <lea@desk.example> написал:",
    "在 2016年3月2日，下午12:00，Lea Kurz <lea@desk.example> 写道：",
    "2016年3月2日(水) 12:00 Lea Kurz <lea@desk.example>:",
    "2016/03/02 12:00、Lea Kurz <lea@desk.example>のメール：",
    "ke 2. maaliskuuta 2016 klo 12.00 Lea Kurz\n<lea@desk.example> kirjoitti:",
    "Den ons 2 mars 2016 kl 12:00 skrev Lea Kurz <lea@desk.example>:",
    "st 2. 3. 2016 v 12:00 odesílatel Lea Kurz <lea@desk.example> napsal:",
]
HEADERS = [
    "From: Lea Kurz\nSent: Wednesday, March 2, 2016\nTo: Ana\nSubject: Order",
    "Von: Lea Kurz\nGesendet: Mittwoch, 2. März 2016\nAn: Ana\nBetreff: Order",
    "De : Lea Kurz\nEnvoyé : mercredi 2 mars 2016\nÀ : Ana\nObjet : Order",
    "De: Lea Kurz\nEnviado el: miércoles, 2 de marzo\nPara: Ana\nAsunto: Order",
    "Da: Lea Kurz\nInviato: mercoledì 2 marzo\nA: Ana\nOggetto: Order",
    "Van: Lea Kurz\nVerzonden: woensdag 2 maart\nAan: Ana\nOnderwerp: Order",
    "De: Lea Kurz\nEnviado: quarta-feira\nPara: Ana\nAssunto: Order",
    "Od: Lea Kurz\nWysłano: środa\nDo: Ana\nTemat: Order",
    "От: Lea Kurz\nОтправлено: среда\nКому: Ana\nТема: Order",
    "发件人: Lea Kurz\n发送时间: 2016年3月2日\n收件人: Ana\n主题: Order",
    "差出人: Lea Kurz\n送信日時: 2016年3月2日\n宛先: Ana\n件名: Order",
    "-----Original Message-----\nFrom: Lea Kurz",
]
OWN = "It works now, thank you!\nAna"


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
@pytest.mark.parametrize("quoted", ["> Does it work?\n> Lea", "Does it work?\n\nLea"], ids=["marked", "bare"])
def test_what_stands_below_an_attribution_is_folded(attribution: str, quoted: str) -> None:
    """M-17."""
    assert visible_reply(f"{OWN}\n\n{attribution}\n\n{quoted}\n") == OWN


@pytest.mark.parametrize("header", HEADERS)
def test_what_stands_below_a_quoted_header_is_folded(header: str) -> None:
    """M-17."""
    assert visible_reply(f"{OWN}\n\n{header}\n\nDoes it work?\n\nLea\n") == OWN


@pytest.mark.parametrize("attribution", ATTRIBUTIONS[:4])
def test_an_answer_below_the_quote_is_the_reply(attribution: str) -> None:
    """M-17."""
    assert visible_reply(f"{attribution}\n> Does it work?\n> Lea\n\n{OWN}\n") == OWN


def test_answers_between_quotes_are_kept_with_what_they_answer() -> None:
    """M-17."""
    reply = "Hi Lea,\nOn Wed, 2 Mar 2016 at 12:00, Lea wrote:\n> One?\n\nYes.\n\n> Two?\n\nNo.\n\n> Bye"
    assert visible_reply(reply) == "Hi Lea,\n> One?\n\nYes.\n\n> Two?\n\nNo."


@pytest.mark.parametrize(
    "text",
    [
        "I wrote to you on 3 May 2016 at 10:30 about this:\n\n1. broken\n2. missing",
        "Hi,\nDate: tomorrow\nTo: my house please",
        "From: Madrid\nTo: Paris\nWhen does the train go?",
        "Please reply to ana@customer.example before 12:30:\nthanks",
        "My details:\nName: Ana\nEmail: ana@customer.example",
        "Subject: refund\nI want my money",
    ],
)
def test_prose_that_looks_like_a_quote_is_kept_whole(text: str) -> None:
    """M-17."""
    assert visible_reply(text) == text


@pytest.mark.parametrize(
    "line", ["-- ", "Sent from my iPhone", "Von meinem iPhone gesendet", "Envoyé de mon iPad"]
)
def test_a_signature_is_folded(line: str) -> None:
    """M-17."""
    assert visible_reply(f"{OWN}\n\n{line}\nAna Ruiz\n+34 600 000 000") == OWN


def test_a_mail_of_quotes_only_has_no_visible_part() -> None:
    """M-17."""
    assert visible_reply("> On 2 Mar 2016 at 12:00, Lea wrote:\n>> hello\n> hi\n") == ""


@pytest.mark.parametrize(
    "quote",
    [
        '<div class="gmail_quote"><div class="gmail_attr">whatever</div><blockquote>old</blockquote></div>',
        '<div id="appendonsend"></div><hr><div>From: Lea</div><div>old</div>',
        '<div style="border:none;border-top:solid #E1E1E1 1.0pt"><p>Von: Lea</p></div><p>old</p>',
        '<div class="moz-cite-prefix">quelque chose</div><blockquote type="cite">old</blockquote>',
        "<p>On 2 March 2016 at 12:00, Lea wrote:</p><blockquote>old</blockquote>",
    ],
)
def test_html_loses_what_programs_mark_as_quoted(quote: str) -> None:
    """M-17."""
    html = f"<html><head><style>p{{}}</style></head><body><p>It works<br>now.</p>{quote}</body></html>"
    assert visible_reply(own_text_of(html)) == "It works\nnow."
    assert own_html_of(html) == (None if "2 March" in quote else "<p>It works<br>now.</p>")


def test_an_answer_between_gmails_quotes_stays() -> None:
    """M-17."""
    html = '<div class="gmail_quote"><blockquote>One?</blockquote><div>Yes, of course.</div></div>'
    assert "Yes, of course." in visible_reply(own_text_of(html))
    assert own_html_of(html) is None


@pytest.mark.parametrize(
    ("html", "own"),
    [
        (
            '<div>Yes</div><blockquote type="cite"><div>On 2 March, Lea wrote:</div>x</blockquote> ',
            "<div>Yes</div>",
        ),
        ('<p>a</p><blockquote type="cite">One?</blockquote><p>Yes</p>', None),
        ('<div id="appendonsend"></div><p>all is quoted</p>', None),
        ('<div class="gmail_quote"><div class="gmail_quote">deep</div></div>', None),
        ("<p>nothing is quoted</p>", None),
        ("", None),
    ],
)
def test_the_html_of_a_reply_without_what_it_quotes(html: str, own: str | None) -> None:
    """M-17."""
    found = own_html_of(html)
    assert (found.strip() if found else found) == own


@pytest.mark.parametrize(
    "text",
    ["From: a\n" * 20_000, "On " + "a " * 100_000 + "wrote:", "On 12:00 2016 wrote\n" * 5000, "> " * 100_000],
    ids=["headers", "long line", "attributions", "quotes"],
)
def test_hostile_text_is_read_in_bounded_time(text: str) -> None:
    """G9: nobody's mail holds up the others'."""
    began = time.monotonic()
    visible_reply(text)
    assert time.monotonic() - began < 8


def test_deeply_nested_html_is_read_in_bounded_time() -> None:
    """G9."""
    began = time.monotonic()
    assert own_text_of("<div>" * 50_000 + "hello").strip() == "hello"
    assert time.monotonic() - began < 8
