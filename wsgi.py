"""What a WSGI server asks for: `gunicorn -c config.py wsgi:app`. No worker starts here: run `newsletter worker`."""

from newsletter import logs
from newsletter.web import create_app

logs.configure()
app = create_app()
