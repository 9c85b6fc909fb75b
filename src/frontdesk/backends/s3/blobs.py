"""Keeping blobs in S3: small ones in one request, large ones in parts, never the whole file in memory."""

import asyncio
import contextlib
import hashlib
import re
import secrets
from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from frontdesk.backends.s3.client import BEHIND_END, MISSING, Opening, Refused, told
from frontdesk.backends.s3.place import S3Place
from frontdesk.domain.errors import Busy, TooLarge
from frontdesk.ports.blobs import Blob, BlobMissing

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client
    from types_aiobotocore_s3.type_defs import CompletedPartTypeDef

_NAME = re.compile(r"[0-9a-f]{32}")
_PIECE = 256 * 1024
_PART = 8 * 1024 * 1024
"""S3 takes parts of at least 5 MiB (Amazon S3 user guide, "Multipart upload limits")."""
_HEAD = 512


@dataclass(slots=True)
class _Upload:
    """What was taken so far of one blob."""

    key: str
    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)
    size: int = 0
    head: bytes = b""
    waiting: bytearray = field(default_factory=bytearray)
    upload_id: str | None = None
    parts: "list[CompletedPartTypeDef]" = field(default_factory=list)

    def take(self, chunk: bytes) -> None:
        self.size += len(chunk)
        self.digest.update(chunk)
        if len(self.head) < _HEAD:
            self.head += chunk[: _HEAD - len(self.head)]
        self.waiting += chunk


class S3Blobs:
    """Keeps each blob in an object of a random name, below the prefix.

    An object appears whole or not at all: S3 shows a multipart upload when it is completed.
    """

    def __init__(self, place: S3Place) -> None:
        self._place, self._opening = place, Opening(place)

    async def close(self) -> None:
        """Close the connections to S3."""
        await self._opening.close()

    async def write(self, chunks: AsyncIterable[bytes], limit: int) -> Blob:
        """Keep what the chunks hold. Raises TooLarge."""
        name = secrets.token_hex(16)
        client, upload = await self._opening.get(), _Upload(self._key(name))
        try:
            async for chunk in chunks:
                if upload.size + len(chunk) > limit:
                    raise TooLarge(f"The file is larger than {limit} bytes.", field="file")
                await asyncio.to_thread(upload.take, chunk)
                while len(upload.waiting) >= _PART:
                    await self._part(client, upload)
            await self._finish(client, upload)
        except BaseException:
            await asyncio.shield(self._abort(client, upload))
            raise
        return Blob(name, upload.size, upload.digest.hexdigest(), upload.head)

    async def read(self, name: str) -> bytes:
        """All bytes of a blob. Raises BlobMissing."""
        return b"".join([piece async for piece in self.stream(name)])

    async def stream(self, name: str, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        """The bytes of a blob in pieces. Raises BlobMissing."""
        client, key = await self._opening.get(), self._key(name)
        end = "" if length is None else str(start + max(length, 1) - 1)
        try:
            with told():
                answer = await client.get_object(
                    Bucket=self._place.bucket, Key=key, Range=f"bytes={start}-{end}"
                )
        except Refused as error:
            if error.reason == BEHIND_END:
                return
            raise BlobMissing(name) if error.reason in MISSING else error from None
        async with answer["Body"] as body:
            while length != 0:
                with told():
                    piece = await body.read(_PIECE)
                if not piece:
                    return
                yield piece

    async def older(self, than: datetime) -> AsyncIterator[str]:
        """The names of all blobs written before an instant; half-written ones that old are removed."""
        client = await self._opening.get()
        pages = client.get_paginator("list_objects_v2").paginate(
            Bucket=self._place.bucket, Prefix=self._place.prefix
        )
        with told():
            async for page in pages:
                for each in page.get("Contents", []):
                    name = each["Key"].rpartition("/")[2]
                    is_ours = _NAME.fullmatch(name) and self._key(name) == each["Key"]
                    if is_ours and each["LastModified"] < than:
                        yield name
        await self._drop_parts(client, than)

    async def delete(self, name: str) -> None:
        """Forget a blob."""
        client = await self._opening.get()
        with told():
            await client.delete_object(Bucket=self._place.bucket, Key=self._key(name))

    def _key(self, name: str) -> str:
        if not _NAME.fullmatch(name):
            raise BlobMissing(name)
        return f"{self._place.prefix}{name[:2]}/{name}"

    async def _part(self, client: "S3Client", upload: _Upload) -> None:
        bucket = self._place.bucket
        with told():
            if upload.upload_id is None:
                made = await client.create_multipart_upload(Bucket=bucket, Key=upload.key)
                upload.upload_id = made["UploadId"]
            number, body = len(upload.parts) + 1, bytes(upload.waiting[:_PART])
            del upload.waiting[:_PART]
            answer = await client.upload_part(
                Bucket=bucket, Key=upload.key, UploadId=upload.upload_id, PartNumber=number, Body=body
            )
        upload.parts.append({"PartNumber": number, "ETag": answer["ETag"]})

    async def _finish(self, client: "S3Client", upload: _Upload) -> None:
        bucket = self._place.bucket
        if upload.upload_id is None:
            with told():
                await client.put_object(Bucket=bucket, Key=upload.key, Body=bytes(upload.waiting))
            return
        if upload.waiting:
            await self._part(client, upload)
        with told():
            await client.complete_multipart_upload(
                Bucket=bucket,
                Key=upload.key,
                UploadId=upload.upload_id,
                MultipartUpload={"Parts": upload.parts},
            )

    async def _abort(self, client: "S3Client", upload: _Upload) -> None:
        """Drop the parts; what cannot be dropped now goes with the hourly cleaning."""
        if upload.upload_id is not None:
            with contextlib.suppress(Busy), told():
                await client.abort_multipart_upload(
                    Bucket=self._place.bucket, Key=upload.key, UploadId=upload.upload_id
                )

    async def _drop_parts(self, client: "S3Client", than: datetime) -> None:
        bucket, prefix = self._place.bucket, self._place.prefix
        pages = client.get_paginator("list_multipart_uploads").paginate(Bucket=bucket, Prefix=prefix)
        with told():
            async for page in pages:
                for each in page.get("Uploads", []):
                    if each["Initiated"] < than:
                        await client.abort_multipart_upload(
                            Bucket=bucket, Key=each["Key"], UploadId=each["UploadId"]
                        )
