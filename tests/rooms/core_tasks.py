"""Tasks as another package would define them, by Django's Tasks API."""

from __future__ import annotations

from django_tasks import TaskContext, task

SEEN: list[str] = []


@task()
def greet(name: str, times: int = 1) -> None:
    SEEN.extend([name] * times)


@task(takes_context=True)
def greet_with_context(context: TaskContext, name: str) -> None:
    SEEN.append(f"{name}, try {context.attempt}")


@task()
async def greet_slowly(name: str) -> None:
    SEEN.append(name)
