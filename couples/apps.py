from django.apps import AppConfig


class CouplesConfig(AppConfig):
    name = "couples"
    verbose_name = "Two people, linked"

    def ready(self) -> None:
        from accounts import signups, undoing
        from accounts.hooks import joined, leaving
        from couples import asking, pairing, parting, returning, weekdays

        joined.take(pairing.start_alone)
        leaving.take(parting.leave)
        signups.register(pairing.VOUCHER)
        asking.register(weekdays.ASK)
        undoing.register("yes to an ask", asking.undo_yes)
        undoing.register("not now", asking.undo_not_now)
        undoing.register("said of what came back", returning.take_back)
        undoing.register("every evening", weekdays.name_again)
