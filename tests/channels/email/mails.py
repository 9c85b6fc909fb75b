"""Mails for the tests, as bytes."""

BOUNDARY = "=_b1"


def mail(body: str = "Hello", **headers: str) -> bytes:
    """A plain mail; a header's underscores are hyphens."""
    told = {
        "From": "Ana Ruiz <ana@customer.example>",
        "To": "help@desk.example",
        "Message-ID": "<m1@customer.example>",
    }
    told |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{name}: {value}" for name, value in told.items() if value]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def multipart(kind: str, *parts: str, **headers: str) -> bytes:
    """A mail of several parts, each with its own header."""
    body = "".join(f"--{BOUNDARY}\r\n{part}\r\n" for part in parts) + f"--{BOUNDARY}--\r\n"
    return mail(body, Content_Type=f'multipart/{kind}; boundary="{BOUNDARY}"', **headers)
