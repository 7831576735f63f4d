"""Celery as it is used here, and what is kept in Redis beside its messages."""

import ssl
from typing import Any, cast

from ioclib import config
from ioclib.client.asking import LONGEST
from ioclib.errors import ConfigurationError

TASK = "ioclib.chunk"
QUEUE = "ioclib"

TAKEN = "unacked"
"""Where Celery keeps the messages that a worker has taken and not done."""

_RESTORED_AFTER = 4
"""So many times the longest chunk: what a worker has taken and not done by then, another one gets."""

_RESULTS_EXPIRE = 3600


def broker_url() -> str:
    """The Redis through which chunks go, as the user has set it.

    Raises:
        ConfigurationError: none is set, or quotas would not be shared.
    """
    settings = config.read().settings((), complete=False)
    if settings.broker_url is None:
        raise ConfigurationError(
            "workers get their work from a Redis: set broker_url or IOCLIB_BROKER_URL, such as redis://localhost:6379/0"
        )
    if settings.quota_url is None:
        raise ConfigurationError(
            "workers share the quotas of their keys: set quota_url or IOCLIB_QUOTA_URL, such as redis://localhost:6379/1"
        )
    return settings.broker_url


def make_app(broker_url: str, *, longest: float = LONGEST, results: bool = True) -> Any:
    """A Celery application, with the settings that lose nothing when anything is killed.

    Args:
        broker_url: the Redis, with its password.
        longest: seconds that a chunk takes at most.
        results: whether results are kept; who sends chunks and waits for them in its own way needs none of that.

    Raises:
        ConfigurationError: the extra is not installed.
    """
    try:
        from celery import Celery  # pyright: ignore[reportMissingTypeStubs]
    except ImportError:
        raise ConfigurationError("workers need the extra: pip install 'ioclib[cluster]'") from None
    app = cast("Any", Celery)(
        "ioclib", set_as_current=False, broker=broker_url, backend=broker_url if results else None
    )
    app.conf.update(
        # A chunk is done when its result is kept, not when it is taken. Whoever is killed has done nothing
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        broker_transport_options={
            "visibility_timeout": _RESTORED_AFTER * longest,
            # Looked for every 5 seconds; by default every 100
            "unacked_restore_interval": 5,
            "unacked_restore_throttle": 1,
        },
        accept_content=["json"],
        task_serializer="json",
        result_serializer="json",
        result_expires=_RESULTS_EXPIRE,
        task_default_queue=QUEUE,
        task_track_started=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_send_task_events=True,
    )
    if broker_url.startswith("rediss:"):
        checked = {"ssl_cert_reqs": ssl.CERT_REQUIRED}
        app.conf.update(broker_use_ssl=checked, redis_backend_use_ssl=checked)
    return app


def wanted_key(name: str) -> str:
    """A set in Redis: the chunks that the executor of this name still waits for."""
    return f"ioclib:fleet:{{{name}}}:wanted"
