"""Writing a letter: its sheet, the e-mail beside it, tests, looks, versions."""
