# One image for web, workers, beat and the one-shot commands of docker-compose.yml.

# The front-end files and the compiled translations; nothing else of this stage is kept.
FROM python:3.11-slim AS front-end
WORKDIR /app
COPY requirements-dev.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements-dev.txt
COPY package.json package-lock.json .npmrc ./
COPY bibmail/__init__.py bibmail/vendor.py bibmail/catalogues.py bibmail/
COPY bibmail/static bibmail/static
COPY locale locale
RUN python -m bibmail.vendor && python -m bibmail.catalogues

# The packages of production, and none of the tests'.
FROM python:3.11-slim AS packages
COPY requirements.txt ./
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt

FROM python:3.11-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DJANGO_SETTINGS_MODULE=bibmail.settings
# A worker told to stop gives its task ten seconds, and leaves it for the next one.
ENV REMAP_SIGTERM=SIGQUIT
RUN useradd --system --uid 10001 --create-home bibmail
WORKDIR /app
COPY --from=packages /venv /venv
COPY manage.py ./
COPY bibmail bibmail
COPY members members
COPY consent consent
COPY campaigns campaigns
COPY journeys journeys
COPY templates templates
COPY --from=front-end /app/locale locale
COPY --from=front-end /app/bibmail/static/vendor bibmail/static/vendor
# Collecting needs secrets to be there; these stay in this line.
RUN SECRET_KEY=only-to-collect RECIPIENT_PEPPER=only-to-collect python manage.py collectstatic --no-input --verbosity 0 \
 && mkdir -p var/uploads && chown bibmail:bibmail var var/uploads
USER bibmail
EXPOSE 8000
CMD ["gunicorn", "bibmail.wsgi:application", "--bind=0.0.0.0:8000", "--workers=2", "--threads=4", "--no-control-socket"]
