"""Ways to change a signed PDF, as a forger, a well-meaning tool or an accident would."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pikepdf
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name as name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.validation.dss import DocumentSecurityStore

Forgery = Callable[[bytes], bytes]


def flip_a_byte(signed: bytes) -> bytes:
    place = signed.index(b"/MediaBox") + 12
    return signed[:place] + bytes([signed[place] ^ 1]) + signed[place + 1 :]


def add_a_page(signed: bytes) -> bytes:
    def change(writer: IncrementalPdfFileWriter) -> None:
        pages = writer.root["/Pages"]
        box = generic.ArrayObject(map(generic.NumberObject, (0, 0, 595, 842)))
        page = _dictionary(Type=name("/Page"), Parent=writer.root.raw_get("/Pages"), MediaBox=box)
        pages["/Kids"].append(writer.add_object(page))
        pages[name("/Count")] = generic.NumberObject(len(pages["/Kids"]))
        writer.update_container(pages)

    return _appended(signed, change)


def add_an_annotation(signed: bytes) -> bytes:
    def change(writer: IncrementalPdfFileWriter) -> None:
        box = generic.ArrayObject(map(generic.NumberObject, (50, 50, 200, 90)))
        note = _dictionary(
            Type=name("/Annot"), Subtype=name("/FreeText"), Rect=box, Contents=generic.TextStringObject("50 mg")
        )
        page = _first_page(writer)
        page["/Annots"].append(writer.add_object(note))
        writer.update_container(page["/Annots"])
        writer.update_container(page)

    return _appended(signed, change)


def save_again(signed: bytes) -> bytes:
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(signed)) as document:
        document.save(output)
    return output.getvalue()


def cut_the_last_signature_off(signed: bytes) -> bytes:
    """Back to the revision before the doctor's signature."""
    ends = [match.end() for match in re.finditer(rb"%%EOF\n?", signed)]
    starts = [match.start() for match in re.finditer(rb"/ETSI\.CAdES\.detached", signed)]
    return signed[: max(end for end in ends if end < starts[-1])]


def cut_all_signatures_off(signed: bytes) -> bytes:
    return signed[: re.search(rb"%%EOF\n?", signed).end()]  # type: ignore[union-attr]


def empty_the_signature_field(signed: bytes) -> bytes:
    def change(writer: IncrementalPdfFileWriter) -> None:
        field = _signature_field(writer)
        del field["/V"]
        writer.update_container(field)

    return _appended(signed, change)


def forget_the_signature_field(signed: bytes) -> bytes:
    def change(writer: IncrementalPdfFileWriter) -> None:
        form = writer.root["/AcroForm"]
        form[name("/Fields")] = generic.ArrayObject()
        writer.update_container(form)

    return _appended(signed, change)


def swap_the_attachment(signed: bytes) -> bytes:
    def change(writer: IncrementalPdfFileWriter) -> None:
        files = _attachment(writer)["/EF"]
        stream = generic.StreamObject(stream_data=b'{"sections":[{"heading":"","text":"50 mg"}]}')
        files[name("/F")] = writer.add_object(stream)
        writer.update_container(files)

    return _appended(signed, change)


def add_an_attachment_of_the_same_name(signed: bytes) -> bytes:
    def change(writer: IncrementalPdfFileWriter) -> None:
        stream = writer.add_object(generic.StreamObject(stream_data=b"{}"))
        title = generic.TextStringObject("source.json")
        file = _dictionary(Type=name("/Filespec"), F=title, UF=title, EF=_dictionary(F=stream))
        names = writer.root["/Names"]["/EmbeddedFiles"]
        names["/Names"].extend([title, writer.add_object(file)])
        writer.update_container(names)
        writer.update_root()

    return _appended(signed, change)


def redraw_the_page(signed: bytes) -> bytes:
    """A shadow attack: the page's content is replaced under the same object number."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        page = _first_page(writer)
        drawn = writer.add_object(generic.StreamObject(stream_data=b"q 1 0 0 rg 100 400 200 20 re f Q"))
        page[name("/Contents")] = drawn
        writer.update_container(page)

    return _appended(signed, change)


def hide_behind_a_layer(signed: bytes) -> bytes:
    """A shadow attack: an optional-content group that is off."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        layer = writer.add_object(_dictionary(Type=name("/OCG"), Name=generic.TextStringObject("x")))
        off = _dictionary(OFF=generic.ArrayObject([layer]), Order=generic.ArrayObject([layer]))
        writer.root[name("/OCProperties")] = _dictionary(OCGs=generic.ArrayObject([layer]), D=off)
        writer.update_root()

    return _appended(signed, change)


def turn_the_page(signed: bytes) -> bytes:
    def change(writer: IncrementalPdfFileWriter) -> None:
        page = _first_page(writer)
        page[name("/Rotate")] = generic.NumberObject(180)
        writer.update_container(page)

    return _appended(signed, change)


def replace_the_font(signed: bytes) -> bytes:
    """A shadow attack: other glyphs for the same bytes."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        fonts = _first_page(writer)["/Resources"]["/Font"]
        fonts[name(next(iter(fonts)))] = writer.add_object(
            _dictionary(Type=name("/Font"), Subtype=name("/Type1"), BaseFont=name("/Symbol"))
        )
        writer.update_container(fonts)
        writer.update_container(_first_page(writer))

    return _appended(signed, change)


def redraw_the_stamp(signed: bytes) -> bytes:
    """The visible stamp names somebody else."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        field = _signature_field(writer)
        box = generic.ArrayObject(map(generic.NumberObject, (0, 0, 216, 85)))
        other = generic.StreamObject(stream_data=b"q 0 1 0 rg 0 0 216 85 re f Q")
        other.update({name("/Subtype"): name("/Form"), name("/BBox"): box})
        field[name("/AP")] = _dictionary(N=writer.add_object(other))
        writer.update_container(field)

    return _appended(signed, change)


def run_a_script(signed: bytes) -> bytes:
    def change(writer: IncrementalPdfFileWriter) -> None:
        script = generic.TextStringObject("app.alert(1)")
        writer.root[name("/OpenAction")] = _dictionary(S=name("/JavaScript"), JS=script)
        writer.update_root()

    return _appended(signed, change)


def change_the_title(signed: bytes) -> bytes:
    def change(writer: IncrementalPdfFileWriter) -> None:
        metadata = generic.StreamObject(stream_data=b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>")
        metadata.update({name("/Type"): name("/Metadata"), name("/Subtype"): name("/XML")})
        writer.root[name("/Metadata")] = writer.add_object(metadata)
        writer.set_info(_dictionary(Title=generic.TextStringObject("Autre")))
        writer.update_root()

    return _appended(signed, change)


def add_proofs_that_nothing_seals(signed: bytes) -> bytes:
    output = io.BytesIO(signed)
    DocumentSecurityStore.add_dss(output, None, certs=(), ocsps=(), crls=(), force_write=True)
    return output.getvalue()


def empty_the_byte_range(signed: bytes) -> bytes:
    """Universal signature forgery: what is covered is not said any more."""
    place = signed.rindex(b"/ByteRange")
    end = signed.index(b"]", place)
    return signed[:place] + b"/ByteRange [" + b" " * (end - place - 12) + signed[end:]


def shorten_the_byte_range(signed: bytes) -> bytes:
    """Signature wrapping: the tail is no longer covered."""
    place = signed.rindex(b"/ByteRange")
    end = signed.index(b"]", place)
    numbers = signed[place + 12 : end].split()
    numbers[3] = str(int(numbers[3]) - 10).encode()
    return signed[: place + 12] + b" ".join(numbers).ljust(end - place - 12) + signed[end:]


ALL: tuple[Forgery, ...] = (
    flip_a_byte,
    add_a_page,
    add_an_annotation,
    save_again,
    cut_the_last_signature_off,
    cut_all_signatures_off,
    empty_the_signature_field,
    forget_the_signature_field,
    swap_the_attachment,
    add_an_attachment_of_the_same_name,
    redraw_the_page,
    hide_behind_a_layer,
    turn_the_page,
    replace_the_font,
    redraw_the_stamp,
    run_a_script,
    change_the_title,
    add_proofs_that_nothing_seals,
    empty_the_byte_range,
    shorten_the_byte_range,
)


def _appended(signed: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(signed), strict=False)
    change(writer)
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def _dictionary(**entries: Any) -> generic.DictionaryObject:
    return generic.DictionaryObject({name(f"/{key}"): value for key, value in entries.items()})


def _first_page(writer: IncrementalPdfFileWriter) -> Any:
    return writer.root["/Pages"]["/Kids"][0]


def _signature_field(writer: IncrementalPdfFileWriter) -> Any:
    fields = (field.get_object() for field in writer.root["/AcroForm"]["/Fields"])
    return next(field for field in fields if field["/T"] == "Signature")


def _attachment(writer: IncrementalPdfFileWriter) -> Any:
    return writer.root["/Names"]["/EmbeddedFiles"]["/Names"][1]
