"""The workbook of 39 indicators: out as a form to fill in, in as real people leave it."""

from .form import HEADERS, SHEET, write_form
from .places import places
from .reading import read_loosely, read_rows

__all__ = ["HEADERS", "SHEET", "places", "read_loosely", "read_rows", "write_form"]
