"""Settings, URLs, WSGI and ASGI: switches everything on; imported by nobody, named by string."""
