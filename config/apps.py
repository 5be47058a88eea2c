from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"
    verbose_name = "This installation"

    def ready(self) -> None:
        # Here rather than in config/__init__.py: what only reads the package (the launcher, the mail catcher)
        # need not carry Celery in memory.
        import config.celery  # noqa: F401
