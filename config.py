"""The deployer's page: how gunicorn serves the site. `gunicorn -c config.py wsgi:app`.

Gunicorn reads the names below; the `newsletter` package never imports this file, and it is not in the wheel. Edit it
freely. What the *newsletter* does is told by the environment, for the site and for `newsletter worker` alike. To put
real mail into the world it needs:

    NEWSLETTER_MAIL_URL               smtp://user:pass@host:587
    NEWSLETTER_BASE_URL               the public address; every link in every e-mail begins with it
    NEWSLETTER_SECRET_KEY             signs links and sessions: the same for every process, kept for years
    NEWSLETTER_CLINIC_NAME            who is writing
    NEWSLETTER_CLINIC_FROM            the From address
    NEWSLETTER_CLINIC_POSTAL_ADDRESS  required by law at the foot of marketing e-mail
    NEWSLETTER_CLINIC_TIME_ZONE       an IANA zone, for readers whose own is unknown

and usually NEWSLETTER_DATABASE_URL (postgresql://...) and NEWSLETTER_DATA_DIR. A secret may come from a file instead:
NEWSLETTER_SECRET_KEY_FILE=/run/secrets/newsletter. `newsletter check` names every mistake at once.
"""

import os

# Behind a proxy that speaks TLS, listen on this machine only.
bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"

# A request is short, and mail is the worker's task: two processes of four threads serve a clinic.
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
worker_class = "gthread"

# Seconds. A stopped server finishes what is in hand.
timeout = 30
graceful_timeout = 20
keepalive = 5

# Each process opens the database for itself.
preload_app = False

# To standard error, where systemd and containers look. The access log stays off: its lines would hold tokens.
errorlog = "-"
accesslog = None
