"""What mail programs write above what they quote, in many languages. Words only: `quoting` has the rules."""
# ruff: noqa: E501, RUF001 - words of many alphabets, kept together by language

import re

_WROTE = (
    # English, German, French, Spanish, Catalan, Italian
    r"wrote|writes|schrieb(?:en)?|geschrieben|hat geschrieben|a [ée]crit|[ée]crit|[ée]crivait|"
    r"escribi[óo]|ha escrit|va escriure|ha scritto|scrive(?:va)?|scrisse|"
    # Dutch, Portuguese, Polish, Czech, Slovak, Romanian, Hungarian
    r"schreef|het volgende geschreven|escreveu|napisał(?:\(a\)|a)?|pisze|napsal(?:\(a\)|a)?|napísal(?:\(a\)|a)?|"
    r"a scris|írta|ezt írta|"
    # Nordic, Baltic, Balkan, Greek, Turkish
    r"skrev|skrifaði|kirjoitti|kirjutas|rakstīja|rašė|je napisao|je napisala|je napisao/la|"
    r"έγραψε|yazdı|şunu yazdı|şunları yazdı|"
    # Cyrillic
    r"написал(?:\(а\)|а)?|пишет|писал(?:\(а\)|а)?|пише|написав(?:\(ла\))?|написа|"
    # Vietnamese, Indonesian, Hebrew, Arabic, Thai
    r"đã viết|menulis|כתב(?:/ה)?|כתבה|كتب|เขียน|"
    # Chinese, Japanese, Korean
    r"写道|寫道|写入|写了|来信|のメール|書きました|が書きました|様が書いた|作成|작성|님이 작성|님이 씀|썼습니다"
)
WROTE = re.compile(
    rf"(?:(?<!\w)(?:{_WROTE})(?!\w)|写道|寫道|のメール|書きました|작성|씀|썼습니다)", re.IGNORECASE
)
ENDS_WROTE = re.compile(
    rf"(?:(?<!\w)(?:{_WROTE})|写道|寫道|のメール|書きました|작성|씀|썼습니다)\s*[:：]?[\s*_]*-*[\s*_]*$",
    re.IGNORECASE,
)

OPENS = re.compile(
    r"^[\s>*_-]*(?:On|Am|Le|El|Il|In data|Op|W dniu|Dnia|Em|A[ls]?|Den|Dne|D[ňn]a|V|На|В|Vào|Pe|Pada|"
    r"På|Kl|On the|Quoting|Citando|Zitat von|Citat|Citerar|在|于|於|El día|Il giorno)\b",
    re.IGNORECASE,
)

_FROM = (
    r"From|Von|De|Desde|Da|Van|Od|Fra|Från|L[äa]hett[äa]j[äa]|От(?:\s+кого)?|Від|Feladó|Expeditor|Kimden|Από|"
    r"发件人|寄件者|寄件人|發件人|差出人|送信者|보낸\s?사람|보낸이"
)
_SENT = (
    r"Sent|Date|Gesendet|Datum|Envoy[ée](?:\s+le)?|Enviad[oa](?:\s+(?:el|em))?|Fecha|Data(?:\s+e\s+ora)?|Inviato|"
    r"Verzonden|Wysłano|Data|Dato|Sendt|Skickat|Datum|L[äa]hetetty|P[äa]iv[äa]m[äa][äa]r[äa]|P[äa]iv[äa]ys|"
    r"Отправлено|Дата|Надіслано|Odesláno|Odosl?an[ée]|Elküldve|Dátum|Trimis|Gönderildi|Tarih|Ημερομηνία|"
    r"发送时间|发送日期|日期|傳送日期|寄件日期|時間|時間|送信日時|日時|日付|送信日|보낸\s?날짜|날짜|Message du"
)
_TO = (
    r"To|An|[ÀAÁ]|Para|A|Per|Aan|Do|Til|Till|Vastaanottaja|Кому|Komu|Címzett|Către|Kime|Προς|"
    r"收件人|收件者|宛先|To:|받는\s?사람|받는이"
)
_SUBJECT = (
    r"Subject|Betreff|Objet|Sujet|Asunto|Oggetto|Onderwerp|Temat|Assunto|Emne|[ÄA]mne|Aihe|Тема|P[řr]edm[ěe]t|"
    r"Predmet|Tárgy|Subiect|Konu|Θέμα|主题|主題|主旨|件名|제목"
)
_OTHER = (
    r"Reply-To|Cc|Bcc|CC|Kopie(?:\s+an)?|Copie(?:\s+[àa])?|Copia|Kopi(?:a)?|Kopio|DW|Копия|Másolat|抄送|副本|참조|"
    r"Antwort an|R[ée]pondre [àa]|Responder a|Rispondi a|Antwoord aan|Priority|Priorit[äy]t?|Importance|"
    r"Attachments?|Anlagen?|Pi[èe]ces jointes|Reply to|Organization|Newsgroups|Message-ID"
)


def _line(words: str) -> re.Pattern[str]:
    return re.compile(rf"^[\s*_>]*(?:{words})[\s*_]*\s?[:：](?!//)[\s*_]*(.*)$", re.IGNORECASE)


HEADER_FROM, HEADER_SENT = _line(_FROM), _line(_SENT)
HEADER_TO, HEADER_SUBJECT, HEADER_OTHER = _line(_TO), _line(_SUBJECT), _line(_OTHER)
HEADERS = (HEADER_FROM, HEADER_SENT, HEADER_TO, HEADER_SUBJECT, HEADER_OTHER)

_ORIGINAL = (
    r"Original\s+(?:Message|Mail|Nachricht|e-?mail)|Reply\s+Message|Reply\s+Separator|Ursprüngliche\s+(?:Nachricht|E-Mail)|"
    r"Originalnachricht|Original-Nachricht|Message\s+d['’]origine|Message\s+original|Messaggio\s+originale|"
    r"Mensaje\s+original|Mensagem\s+original|Missatge\s+original|Oorspronkelijk\s+bericht|Originele?\s+bericht|"
    r"(?:Oryginalna\s+wiadomość|Wiadomość\s+oryginalna)|Původní\s+zpráva|Pôvodná\s+správa|Alkuper[äa]inen\s+viesti|"
    r"Opprinnelig\s+melding|Oprindelig\s+(?:meddelelse|besked)|Ursprungligt\s+meddelande|Ursprungsmeddelande|"
    r"Eredeti\s+üzenet|Mesaj\s+original|Mesajul\s+original|Orijinal\s+(?:Mesaj|İleti)|"
    r"(?:Исходное|Первоначальное|Оригинальное|Пересылаемое)\s+сообщение|Вихідне\s+повідомлення|Оригінальне\s+повідомлення|"
    r"原始邮件|原始郵件|原始信件|原邮件|元のメッセージ|オリジナルメッセージ|元のメール|원본\s?메시지|원본\s?메일"
)
_FORWARDED = (
    r"Forwarded\s+(?:message|by)|Begin\s+forwarded\s+message|Fwd\s+message|Weitergeleitete\s+(?:Nachricht|E-?Mail)|"
    r"Anfang\s+der\s+weitergeleiteten\s+(?:Nachricht|E-?Mail)|Message\s+transf[ée]r[ée]|Début\s+du\s+message\s+(?:transféré|réexpédié)|"
    r"Mensaje\s+reenviado|Inicio\s+del\s+mensaje\s+reenviado|Messaggio\s+inoltrato|Inizio\s+messaggio\s+inoltrato|"
    r"Doorgestuurd\s+bericht|Begin\s+doorgestuurd\s+bericht|Mensagem\s+(?:encaminhada|reencaminhada)|"
    r"Início\s+da\s+mensagem\s+(?:encaminhada|reencaminhada)|Przekazana\s+wiadomość|(?:Treść\s+)?przekazan[ae]j?\s+wiadomoś(?:ć|ci)|"
    r"Přeposlaná\s+zpráva|Videresendt\s+(?:melding|meddelelse|besked)|Vidarebefordrat\s+(?:meddelande|brev)|"
    r"Välitetty\s+viesti|Пересылаемое\s+сообщение|Пересланное\s+сообщение|Начало\s+переадресованного\s+сообщения|"
    r"Переслане\s+повідомлення|转发(?:的)?邮件|轉寄的?郵件|转发邮件信息|転送メッセージ|転送されたメール|전달된\s?메시지|전달\s?메시지"
)
SEPARATOR = re.compile(
    rf"^[\s>]*(?:[-_=*#]+\s*(?:{_ORIGINAL}|{_FORWARDED}).{{0,60}}|(?:{_ORIGINAL}|{_FORWARDED})\s*[:：]?)\s*$",
    re.IGNORECASE,
)
FORWARDED = re.compile(rf"(?:{_FORWARDED})", re.IGNORECASE)

REPLY_ABOVE = re.compile(
    r"^[\s>#*_=-]*(?:(?:please\s+)?(?:type|write|enter)?\s*(?:your\s+)?repl(?:y|ies)\s+(?:above|ABOVE)\s+this\s+line|"
    r"(?:please\s+)?(?:do\s+not\s+)?(?:reply|respond|write)\s+above\s+this\s+line|"
    r"(?:bitte\s+)?(?:antworten\s+sie\s+)?(?:bitte\s+)?ober(?:-)?halb\s+dieser\s+(?:zeile|linie)|"
    r"(?:merci\s+de\s+)?r[ée]pond(?:re|ez)\s+au-dessus\s+de\s+cette\s+ligne|"
    r"(?:por\s+favor,?\s+)?respond[ae]\s+(?:por\s+encima|encima|arriba)\s+de\s+esta\s+l[íi]nea|"
    r"rispondi\s+sopra\s+(?:a\s+)?questa\s+(?:riga|linea)|respond[ae]\s+acima\s+desta\s+linha)",
    re.IGNORECASE,
)

_DEVICES = r"iphone|ipad|ipod|android|blackberry|windows phone|outlook|yahoo|gmail|mobile|samsung|galaxy|huawei|nokia|htc"
MOBILE = re.compile(
    r"^[\s>]*(?:"
    r"sent\s+(?:from|via|by|using|with|on)\s+\S.{0,60}|sent\s+on\s+the\s+go.{0,40}|get\s+outlook\s+for\s.{1,40}|"
    r"gesendet\s+(?:von|mit|über)\s.{1,60}|von\s+(?:meine[mr]|mein)\s.{1,40}(?:gesendet)?|diese\s+nachricht\s+wurde\s+von\s+mein.{1,80}|"
    r"(?:outlook\s+für\s.{1,30}\sbeziehen)|holen\s+sie\s+sich\s+outlook.{0,40}|"
    r"envoy[ée]e?\s+(?:de|depuis|à\s+partir|avec)\s.{1,60}|obtenez\s+outlook\s.{1,40}|télécharge[rz]\s+outlook.{0,40}|"
    r"enviad[oa]\s+(?:desde|do|da|de|a\s+partir|via|pelo)\s.{1,60}|enviat\s+des\s.{1,50}|obtener\s+outlook.{0,40}|obter\s+o?\s?outlook.{0,40}|"
    r"inviato\s+(?:da|dal|con|tramite)\b.{1,60}|scarica\s+outlook.{0,40}|"
    r"verzonden\s+(?:vanaf|met|via|van)\s.{1,60}|verstuurd\s+(?:vanaf|met)\s.{1,60}|"
    r"wysłan[eo]\s+(?:z|przy)\s.{1,60}|skickat\s+från\s.{1,60}|sendt\s+fra\s.{1,60}|l[äa]hetetty\s+.{1,60}|odesláno\s+z\s.{1,60}|"
    r"отправлено\s+(?:с|из|от)\s.{1,60}|надіслано\s+з\s.{1,60}|trimis\s+(?:de\s+pe|din)\s.{1,60}|"
    r"发自我的.{1,40}|從我的.{1,40}|从我的.{1,40}发送|.{0,40}から送信(?:しました)?|나의\s.{1,40}에서\s보냄|"
    rf"(?:my|mon|mein|mi)\s+(?:{_DEVICES}).{{0,40}}"
    r")\s*$",
    re.IGNORECASE,
)

DELIMITER = re.compile(r"^\s*(?:([-_=+~#*—–])\1+|[—–]|ᐧ|(?:[-_=]\s){3,}[-_=]?)\s*$")
CLOCK = re.compile(
    r"\d{1,2}\s?[:.h時时시]\s?\d{2}|\d\s?(?:am|pm|uhr)\b|[上下]午\s?\d|午[前後]\s?\d|오[전후]\s?\d",
    re.IGNORECASE,
)
YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
DAY = re.compile(
    r"(?<!\d)\d{1,2}\s?[./-]\s?\d{1,2}(?:\s?[./-]\s?\d{2,4})?|(?<!\d)\d{1,2}(?:st|nd|rd|th)?\.?\s+(?:de\s+)?[^\W\d_]{3,}|"
    r"[^\W\d_]{3,}\.?\s+\d{1,2}(?!\d)|\d月\s?\d|\d월\s?\d"
)
MAIL = re.compile(r"[^\s<>@\"']+@[^\s<>@\"']+")
ENDS_MAIL = re.compile(r"[<(][^\s<>@\"']+@[^\s<>@\"']+[>)]?[>)]\s*[:：]?[\s*_]*$")
QUOTING = re.compile(
    r"^(?:Quoting|Zitat von|Citando|Citat(?: av| fra)?|Citerar|Quoted from|Citation de)\s.*@.*[:：]$"
)
ISO_GMAIL = re.compile(
    r"^\s*\d{4}-\d{2}-\d{2}\s+\d{1,2}:\d{2}(?:\s+(?:GMT|UTC)?[+-]\d{2}:?\d{2})?\s+\S|^\s*\d{4}[/-]\d{1,2}[/-]\d{1,2}\s+[^<>]{1,80}<[^<>\s]+@[^<>\s]+>:?$"
)
