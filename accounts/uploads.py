"""Uploads that are sealed as they are read: nothing plain of a file comes to any disk.

A file that is read and then forgotten, as an import is, needs none of this: whatever no page seals stays in memory
(FILE_UPLOAD_HANDLERS) and is no larger than the door lets in. A view whose form takes a file that is to be kept, or a
larger one, sets `request.upload_handlers` to a `SealedUploadHandler` before anything reads the body, the CSRF check
included (Django: Modifying upload handlers on the fly). A file that no form took up goes after a day.
"""

from collections.abc import Iterator
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest
from django.utils import timezone

from accounts import sealed_files
from accounts.models import DataKey, SealedFile


class SealedUpload(UploadedFile):
    """An uploaded file, sealed already. Its `sealed` row is its form's to use, or to `drop`."""

    def __init__(self, sealed: SealedFile, *, name: str, content_type: str) -> None:
        super().__init__(None, name, content_type, sealed.size)
        self.sealed = sealed

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """The file, unsealed, in pieces."""
        return sealed_files.read(self.sealed)

    def read(self, *_: Any) -> bytes:
        raise NotImplementedError(
            "A sealed upload is read in pieces: `chunks`, or `sealed_files.read` for a part."
        )


class SealedUploadHandler(FileUploadHandler):
    """A handler that seals each file of a form under `key` while it comes in.

    Files that are larger than `limit` bytes, or that break off, leave nothing; of one whose body makes no sense the
    sealed beginning is swept.
    """

    def __init__(self, key: DataKey, *, limit: int, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.key, self.limit = key, limit
        self._to: sealed_files.Sealing | None = None
        self._done: list[SealedFile] = []
        self.too_large = False  # one was: its form has none, and says why

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._file = sealed_files.begin(self.key, now=timezone.now())
        self._to = sealed_files.Sealing(self._file)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Seal these bytes. Returns nothing, so that no other handler is handed them."""
        if self._to is None:
            return
        if start + len(raw_data) > self.limit:
            self.too_large = True
            self._abandon()
            raise StopUpload(connection_reset=False)
        self._to.write(raw_data)

    def file_complete(self, file_size: int) -> SealedUpload | None:
        if self._to is None:
            return None
        sealed_files.finish(self._file, self._to)
        self._to = None
        self._done.append(self._file)
        return SealedUpload(self._file, name=self.file_name or "", content_type=self.content_type or "")

    def upload_interrupted(self) -> None:
        self._abandon()
        sealed_files.drop(self._done)

    def _abandon(self) -> None:
        if self._to is not None:
            sealed_files.abandon(self._file, self._to)
            self._to = None
