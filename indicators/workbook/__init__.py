"""The workbook of 39 indicators: out as a form to fill in, in as real people leave it."""

from .form import HEADERS, SHEET, write_form
from .reading import read_rows

__all__ = ["HEADERS", "SHEET", "read_rows", "write_form"]
