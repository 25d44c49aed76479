"""The DOCX copy of a draft that comes back from Word or LibreOffice."""
