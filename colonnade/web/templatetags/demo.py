"""The banner of the make-believe town, on every page while it is played."""

from __future__ import annotations

from django import template
from django.template.context import RequestContext
from django.template.loader import render_to_string

from colonnade.web.story import stage
from colonnade.web.views import demo

register = template.Library()


@register.simple_tag(takes_context=True)
def demo_banner(context: RequestContext) -> str:
    """Nothing, unless this house plays Port Alder."""
    request = context.get("request")
    if request is None or not stage.runs():
        return ""
    return render_to_string("components/demo_banner.html", demo.banner_of(request), request=request)
