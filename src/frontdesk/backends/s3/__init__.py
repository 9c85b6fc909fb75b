"""Blobs as objects of an S3 bucket, or of anything that speaks its protocol (MinIO, R2, Ceph)."""

from frontdesk.backends.s3.blobs import S3Blobs
from frontdesk.backends.s3.place import S3Place, place_of

__all__ = ["S3Blobs", "S3Place", "place_of"]
