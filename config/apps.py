from django.apps import AppConfig, apps
from django.db.models.signals import pre_migrate


class ConfigConfig(AppConfig):
    name = "config"
    verbose_name = "This installation"

    def ready(self) -> None:
        # Here rather than in config/__init__.py: what only reads the package (the launcher, the mail catcher)
        # need not carry Celery in memory.
        import config.celery  # noqa: F401  # makes the app that `shared_task` finds
        from config import ahead, checks  # noqa: F401  # the checks register themselves

        # Django announces it once a room; the lowest of ours stands for all.
        pre_migrate.connect(ahead.refuse, sender=apps.get_app_config("accounts"))
