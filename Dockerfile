# The quickstart in a container: docker build -t macla .   docker run --rm -v "$PWD/tables:/macla/runs/tables" macla
FROM python:3.11-slim
RUN apt-get update && apt-get install --yes --no-install-recommends build-essential cmake git && rm -rf /var/lib/apt/lists/*
RUN useradd --create-home macla && mkdir /macla && chown macla /macla
USER macla
WORKDIR /macla
# What is installed depends on these alone; sources that change leave it as it is.
COPY --chown=macla pyproject.toml constraints.txt Makefile README.md CHANGELOG.md LICENSE ./
COPY --chown=macla macla ./macla
COPY --chown=macla envs ./envs
COPY --chown=macla configs ./configs
COPY --chown=macla docs ./docs
RUN make install
COPY --chown=macla . .
CMD ["make", "quickstart"]
