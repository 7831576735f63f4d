FROM python:3.13-slim AS ioclib
COPY . /source
RUN pip install --no-cache-dir '/source[cluster,fast,roots]' \
    && useradd --create-home ioclib \
    && install --directory --owner=ioclib /state /iocs
USER ioclib
ENTRYPOINT ["ioclib"]

FROM ioclib AS flower
USER root
RUN pip install --no-cache-dir 'flower>=2,<3'
USER ioclib
ENTRYPOINT ["celery"]
