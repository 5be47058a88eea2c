"""The bucket that sealed files are in, where the settings name one: at whoever speaks S3 (the extra `s3`)."""

import io
from typing import Any, BinaryIO, cast

from botocore.config import Config
from botocore.exceptions import ClientError
from storages.backends.s3 import S3Storage
from storages.utils import clean_name

MISSING, BEHIND_THE_END = {"NoSuchKey", "NotFound", "404"}, {"InvalidRange", "416"}


class S3Files(S3Storage):
    """A bucket, or a folder in one. It only ever holds sealed bytes."""

    def get_default_settings(self) -> dict[str, Any]:
        config = Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},  # a name per bucket is more than small servers have
            request_checksum_calculation="when_required",  # others than Amazon's know none of the newer ones
            response_checksum_validation="when_required",
            connect_timeout=5,
            read_timeout=30,
        )
        ours = {"client_config": config, "file_overwrite": True, "default_acl": None}
        return {**super().get_default_settings(), **ours}

    def open_at(self, name: str, offset: int) -> BinaryIO:
        """The rest of this file from byte `offset` on, as it arrives. Raises `FileNotFoundError`."""
        wanted = {"Range": f"bytes={offset}-"} if offset else {}
        try:
            answer = self.bucket.Object(self._normalize_name(clean_name(name))).get(**wanted)
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code in BEHIND_THE_END:
                return io.BytesIO()
            if code in MISSING:
                raise FileNotFoundError(name) from None
            raise
        body = cast("BinaryIO", answer["Body"])
        if "ContentRange" not in answer:  # some servers send all of it, whatever was asked for
            left = offset
            while left and (thrown := body.read(min(left, 1024 * 1024))):
                left -= len(thrown)
        return body
