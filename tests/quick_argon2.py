"""Argon2 at its least cost: real sign-ins in tests without waiting for each password. Servers can still verify them."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2(Argon2PasswordHasher):
    time_cost = 1
    memory_cost = 8
    parallelism = 1
