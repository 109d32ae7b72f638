"""Signing in and out, by allauth; signing up is closed."""

from __future__ import annotations

from allauth.account import views
from django.urls import path, re_path

urlpatterns = [
    path("sign-in", views.login, name="account_login"),
    path("sign-out", views.logout, name="account_logout"),
    path("sign-up", views.signup, name="account_signup"),
    path("inactive", views.account_inactive, name="account_inactive"),
    path("password", views.password_reset, name="account_reset_password"),
    path("password/sent", views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("password/changed", views.password_reset_from_key_done, name="account_reset_password_from_key_done"),
]
