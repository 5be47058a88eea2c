"""Steps before the servers start, in one process: starting Django costs a second."""

import django


def main() -> None:
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from accounts.keyring_check import refuse_if_lost
    from config.embedded.static import collect

    call_command("migrate", interactive=False, verbosity=1)
    refuse_if_lost()
    print("static files collected" if collect() else "static files unchanged")
    if settings.DEMO:
        from config.demo import couple, years

        couple.seed()
        if settings.DEMO_YEARS:
            print("two years were added" if years.add() else "two years are there already")


if __name__ == "__main__":
    main()
