# The production image. Pin the base by digest when building: docker buildx imagetools inspect python:3.13-slim-bookworm
FROM python:3.13-slim-bookworm AS build
# Fandol's official faces come out of the TeX archive, without TeX
RUN apt-get update \
    && apt-get install -y --no-install-recommends gcc make libc6-dev gettext \
    && cd /tmp && apt-get download texlive-lang-chinese && dpkg -x texlive-lang-chinese_*.deb tex \
    && mkdir /fonts && find tex -name 'Fandol*.otf' -exec cp {} /fonts/ \; \
    && rm -rf /tmp/* /var/lib/apt/lists/*
RUN python -m venv /app/.venv
COPY requirements.lock /tmp/
RUN /app/.venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /tmp/requirements.lock
WORKDIR /app
COPY manage.py ./
COPY congress congress
COPY delegates delegates
COPY proposals proposals
COPY annualmeeting annualmeeting
COPY liaison liaison
COPY templates templates
COPY static static
COPY locale locale
COPY deploy deploy
# Settings ask for secrets before they let anything run; collecting files needs some, and keeps none.
RUN msgfmt -o locale/zh_Hans/LC_MESSAGES/django.mo locale/zh_Hans/LC_MESSAGES/django.po \
    && DEBUG=0 SECRET_KEY=collecting-files-only FIELD_KEYS=k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
    DATABASE_URL=postgres://nobody@nowhere/none REDIS_URL=redis://nowhere STATIC_ROOT=/app/collected VAR_DIR=/tmp/var \
    .venv/bin/python manage.py collectstatic --no-input --verbosity 0

FROM python:3.13-slim-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    fonts-noto-cjk fonts-noto-cjk-extra fontconfig \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin app \
    && install -d -o app -g app -m 0700 /var/lib/party-congress /var/lib/party-congress/media \
    && install -d -o app -g app /app-static
COPY --from=build /fonts /usr/local/share/fonts/fandol
RUN fc-cache -f
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    HOST=0.0.0.0 PORT=8000 VAR_DIR=/var/lib/party-congress STATIC_ROOT=/app/collected \
    REPORT_FONT_DIR=/usr/local/share/fonts/fandol XDG_CACHE_HOME=/tmp
WORKDIR /app
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["gunicorn", "--config", "deploy/gunicorn.py", "congress.wsgi"]
