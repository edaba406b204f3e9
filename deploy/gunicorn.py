"""The web server's settings, the same on a trial machine and in production."""

import gc
import os

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_WORKERS", "2"))
worker_class = "gthread"
threads = 4
timeout = 30
graceful_timeout = 20
keepalive = 5
max_requests = 5000  # printing and parsing libraries keep what they once took
max_requests_jitter = 500
control_socket_disable = True
accesslog = "-"
# Neither query strings nor referrers nor browsers: each may carry what a person typed.
access_log_format = '%(h)s %(t)s "%(m)s %(U)s" %(s)s %(b)s %(M)sms'


def post_worker_init(worker: object) -> None:
    """What start-up made stays for good: it need not be searched for garbage, and a page makes little.

    By Python's own numbers a list of 50 rows was searched three times while it was drawn: a fifth of its time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
