"""The way in, and her own page: link, password, second step; what strangers see instead."""
