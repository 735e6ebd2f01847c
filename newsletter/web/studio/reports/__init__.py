"""Reports: what became of what was sent, and the e-mails that somebody must decide on."""
