from django.apps import AppConfig


class ChallengesConfig(AppConfig):
    name = "challenges"
    verbose_name = "The path"

    def ready(self) -> None:
        from accounts.hooks import rezoned
        from challenges import catalogue, walking
        from challenges.reminding import KINDS
        from couples import asking, evenings
        from couples.pairing import paired
        from couples.parting import parted
        from reminders import kinds

        catalogue.every()  # a hole in one is found before anybody is served
        for kind in KINDS:
            kinds.register(kind)
        asking.register(walking.ASK)
        paired.take(walking.paired)
        parted.take(walking.parted)
        evenings.named.take(walking.evenings_named)
        rezoned.take(walking.rezoned)
