# One image for the web, the worker, the clock and the commands of manage.py.
FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    DATA_DIR=/data \
    STATIC_ROOT=/app/static

WORKDIR /app

COPY requirements/run.txt requirements/
RUN pip install --require-hashes --requirement requirements/run.txt

COPY . .
# The key is for this one command only and is not kept in the image.
RUN VENV=/usr/local sh -ec '. script/bootstrap; compile_messages' \
    && SECRET_KEY=only-while-building python manage.py collectstatic --no-input --verbosity 0 \
    && python -m compileall -q . \
    && useradd --system --uid 10001 --no-create-home ve-xanh \
    && install --directory --owner ve-xanh --mode 0700 /data

USER ve-xanh
VOLUME /data
EXPOSE 8000

HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["python", "script/is_well.py"]

CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", \
     "--worker-class", "gthread", "--threads", "4", "--worker-tmp-dir", "/dev/shm", "--no-control-socket"]
