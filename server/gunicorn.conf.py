"""How gunicorn runs the service; everything an operator may change is in server/settings.py."""

from server.settings import Settings

settings = Settings()

wsgi_app = "server.app:create_app()"
bind = f"{settings.host}:{settings.port}"
worker_class = "gthread"
workers = 2
threads = 8
preload_app = True
control_socket_disable = True
