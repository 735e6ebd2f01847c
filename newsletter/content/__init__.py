"""What an e-mail says, and which wording is live."""
