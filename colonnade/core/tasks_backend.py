"""Django's Tasks API over our leased work, so that `@task` and `.enqueue()` of other people's apps run here too."""

from __future__ import annotations

from typing import Any

from django.utils.module_loading import import_string
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskContext, TaskResult, TaskResultStatus
from django_tasks.signals import task_enqueued
from django_tasks.utils import normalize_json

from colonnade.core import work
from colonnade.primitives import clock


class LeasedBackend(BaseTaskBackend):
    """Stores a task as a row of `core.work`. Retries as all work does; results are not kept."""

    supports_defer = True
    supports_async_task = True
    supports_get_result = False
    supports_priority = False

    def enqueue(self, task: Task[Any, Any], args: Any, kwargs: Any) -> TaskResult[Any]:
        """Queue the task; TypeError for arguments that JSON cannot hold."""
        self.validate_task(task)
        plain_args, plain_kwargs = normalize_json(list(args)), normalize_json(dict(kwargs))
        due_ms = None if task.run_after is None else int(task.run_after.timestamp() * 1000)
        number = work.put(
            work.entry_of(run_task),
            (task.module_path, self.alias, plain_args, plain_kwargs),
            due_ms=due_ms,
            key="",
        )
        result = _result(task, str(number), self.alias, plain_args, plain_kwargs)
        task_enqueued.send(type(self), task_result=result)
        return result


def _result(
    task: Task[Any, Any], number: str, alias: str, args: list[Any], kwargs: dict[str, Any]
) -> TaskResult[Any]:
    return TaskResult(
        task=task,
        id=number,
        status=TaskResultStatus.READY,
        enqueued_at=clock.now(),
        started_at=None,
        last_attempted_at=None,
        finished_at=None,
        args=args,
        kwargs=kwargs,
        backend=alias,
        errors=[],
        worker_ids=[],
    )


@work.work(lease_s=300)
def run_task(path: str, alias: str, args: list[Any], kwargs: dict[str, Any]) -> None:
    """Run the task that lies at a dotted path; what it raises counts as a failed try."""
    task: Task[Any, Any] = import_string(path)
    if task.takes_context:
        result = _result(task, "0", alias, args, kwargs)
        result.worker_ids.extend(["worker"] * work.attempt_number())
        task.call(TaskContext(task_result=result), *args, **kwargs)
        return
    task.call(*args, **kwargs)
