from datetime import time

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CheckinsConfig(AppConfig):
    name = "checkins"
    verbose_name = "The evening"

    def ready(self) -> None:
        from checkins import writing
        from reminders import kinds

        kinds.register(
            kinds.Kind(
                name="check_in",
                title=_("Check-in"),
                hint=_("The page for tonight is open"),
                mail="check_in",
                default_on=True,
                default_at=time(20, 30),
                asked_first=True,
                is_done=writing.is_done,
            )
        )
