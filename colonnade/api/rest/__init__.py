"""The REST API under /rest/: one router a resource, described by /rest/openapi.json."""

from __future__ import annotations

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from colonnade.api import problems
from colonnade.api.bodies import BoundedJson
from colonnade.api.callers import Bearer
from colonnade.api.rest import (
    alerts,
    cases,
    conversations,
    deliveries,
    elsewhere,
    lists,
    me,
    places,
    posts,
    watches,
)


class Rest(NinjaAPI):
    """The API, whose description says that errors are problem details."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """The description as OpenAPI 3.1."""
        schema = super().get_openapi_schema(**options)
        for path in schema["paths"].values():
            for operation in path.values():
                for status, response in operation["responses"].items():
                    content = response.get("content", {})
                    if int(status) >= 400 and "application/json" in content:
                        content[problems.MEDIA_TYPE] = content.pop("application/json")
        return schema


api = Rest(
    title="Colonnade",
    version="1",
    description="Everything that is said with, to and about the organisation. Ids are strings; moments are UTC.",
    docs_url=None,
    urls_namespace="rest",
    auth=Bearer(),
    parser=BoundedJson(),
)
problems.register(api)
for prefix, module in (
    ("/me", me),
    ("/places", places),
    ("", elsewhere),
    ("/conversations", conversations),
    ("", posts),
    ("/cases", cases),
    ("/deliveries", deliveries),
    ("/watches", watches),
    ("/alerts", alerts),
    ("/lists", lists),
):
    api.add_router(prefix, module.router)
